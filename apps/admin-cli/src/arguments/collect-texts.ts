/** Gathers an option that may be given several times. */
export function collectTexts(text: string, others: readonly string[] = []): readonly string[] {
  return [...others, text];
}
