import { t } from './translate';

/** Why a part of the run can't be chosen of a capture that keeps sums and no events. */
export function noRangesText(): string {
  return t('This capture keeps sums of the whole run alone: there are no marks, and no part of it can be chosen.');
}
