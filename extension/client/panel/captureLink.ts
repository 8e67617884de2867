/** Links that open a capture as somebody looked at it: `vscode://alloclens.alloclens/open?capture=…`. */
import { env, l10n, type Uri } from 'vscode';
import type { Measure } from '../../shared/capture';
import { captureExtension } from '../../shared/contributions';
import { measures } from '../../shared/measures';
import type { PanelView } from '../../shared/panel';

/** Publisher and name of package.json. */
const EXTENSION = 'alloclens.alloclens';

export interface CaptureLink {
  path: string;
  view: Partial<PanelView>;
}

export function linkTo(path: string, view: PanelView): string {
  return `${env.uriScheme}://${EXTENSION}/open?${queryOf({ path, view })}`;
}

/** What a link says beside the capture's path, if it differs from what a panel shows at first. */
export function queryOf({ path, view }: CaptureLink): string {
  const query = new URLSearchParams({ capture: path });
  if (view.measure) query.set('measure', view.measure);
  if (view.inverted) query.set('direction', 'bottom-up');
  if (view.search) query.set('filter', view.search);
  if (view.range?.from_s != null) query.set('from', String(view.range.from_s));
  if (view.range?.to_s != null) query.set('to', String(view.range.to_s));
  if (view.region != null) query.set('region', view.region);
  if (view.zoom?.length) query.set('zoom', JSON.stringify(view.zoom));
  if (view.root) query.set('function', JSON.stringify(view.root));
  return query.toString();
}

/** Throws a sentence when the link names no capture; anything else that makes no sense is left out. */
export function parseLink({ path: place, query }: Pick<Uri, 'path' | 'query'>): CaptureLink {
  const given = new URLSearchParams(query);
  const path = given.get('capture');
  if (place !== '/open' || !path?.startsWith('/') || !path.endsWith(`.${captureExtension}`)) {
    throw new Error(
      l10n.t(
        'This link names no capture. It should read /open?capture= and the absolute path of a file that ends with .{0}.',
        captureExtension,
      ),
    );
  }
  const view: Partial<PanelView> = {};
  const measure = given.get('measure') as Measure;
  if (measures.includes(measure)) view.measure = measure;
  if (given.get('direction') === 'bottom-up') view.inverted = true;
  const filter = given.get('filter');
  if (filter) view.search = filter;
  const [from_s, to_s] = [seconds(given.get('from')), seconds(given.get('to'))];
  if (from_s !== null || to_s !== null) {
    view.range = { ...(from_s !== null && { from_s }), ...(to_s !== null && { to_s }) };
  }
  const region = given.get('region');
  if (region !== null) view.region = region;
  const zoom = json(given.get('zoom'));
  if (Array.isArray(zoom) && zoom.every((key) => typeof key === 'string')) view.zoom = zoom;
  const root = json(given.get('function')) as PanelView['root'] | undefined;
  if (root && typeof root.file === 'string' && typeof root.function === 'string' && Number.isInteger(root.first_line)) {
    view.root = root;
  }
  return { path, view };
}

function seconds(text: string | null): number | null {
  const value = text === null || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function json(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // somebody's typing
  }
}
