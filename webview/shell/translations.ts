/** Texts in the editor's language, which the extension host puts into the page. Imported first: others read them as they load. */
import { translateWith } from '../../extension/shared/translate';

translateWith(JSON.parse(document.body.dataset.translations ?? '{}') as Record<string, string>);
