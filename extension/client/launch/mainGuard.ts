const GUARD = /^if[ \t]+(?:__name__[ \t]*==[ \t]*(["'])__main__\1|(["'])__main__\2[ \t]*==[ \t]*__name__)[ \t]*:/m;

/** The 0-based line of `if __name__ == "__main__":`, or null. By its looks: a lens that is wrong once harms nobody. */
export function mainGuardLine(text: string): number | null {
  const found = GUARD.exec(text);
  if (!found) return null;
  let line = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < found.index; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
