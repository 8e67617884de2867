/** How a name of a capture is shown: it may hold anything, and be of any length. Pure. */

/** More says no more, and a text of megabytes would keep the browser busy for seconds. */
const longest = 200;

/** Control characters, and those that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are looked for
const unseen = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function shownText(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return cut.replace(unseen, '\ufffd');
}
