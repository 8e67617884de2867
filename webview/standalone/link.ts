/** The page's address says what is shown: a link leads others there, and Back leads back. Pure. */
import type { PanelView } from '../../extension/shared/panel';

/** What the page shows: the panel's own choices, and those of the bar above it. */
export interface Place extends PanelView {
  hideImports: boolean;
  onlyAllocations: boolean;
}

/** Only what differs from the beginning, so that addresses are short. */
export function hashOf(place: Place, first: Place): string {
  const changed = Object.entries(place).filter(([name, value]) => !same(value, first[name as keyof Place]));
  return changed.length ? `#${encodeURIComponent(JSON.stringify(Object.fromEntries(changed)))}` : '';
}

/** What the address does not say, or says wrongly, is as at the beginning. */
export function placeOf(hash: string, first: Place): Place {
  try {
    const said: unknown = hash.length > 1 ? JSON.parse(decodeURIComponent(hash.slice(1))) : {};
    if (typeof said !== 'object' || said === null) return first;
    const known = Object.entries(said).filter(
      ([name, value]) => name in first && fits(value, first[name as keyof Place]),
    );
    return { ...first, ...Object.fromEntries(known) };
  } catch {
    return first; // somebody cut the address
  }
}

/** Whether a value may stand where `model` stands; where that is null, an object may. */
function fits(value: unknown, model: unknown): boolean {
  return model === null
    ? typeof value === 'object'
    : typeof value === typeof model && Array.isArray(value) === Array.isArray(model);
}

/** Typing and sorting change the address; what one would want to come back from makes an entry of the history. */
export function isStep(before: Place, after: Place): boolean {
  return !same({ ...before, search: '', sort: null }, { ...after, search: '', sort: null });
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
