/** More says no more in a list or in the status bar. */
const longest = 60;

/** A name of a capture where VS Code takes `$(name)` for an icon: names may hold anything, and be of any length. */
export function shortLabel(name: string): string {
  const cut = name.length > longest ? `${name.slice(0, longest)}…` : name;
  return cut.replace(/\p{Cc}|\p{Bidi_Control}/gu, '\ufffd').replaceAll('$(', '$\u2060(');
}
