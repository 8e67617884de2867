/** Does it again when it fails, as a person would whose click or key came too early for what had only just opened. */
export async function persistently(act: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < 6; attempt++) {
    try {
      return await act(attempt);
    } catch {
      // The next attempt tells, or the last one.
    }
  }
  return act(6);
}
