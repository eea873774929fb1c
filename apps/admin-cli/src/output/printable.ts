/** Controls, marks that turn or hide text, line separators and the escape itself. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/gu;

/**
 * Text of others on a terminal: whatever would move the cursor, break the line or hide something is written as
 * `\u{hex}`, and a backslash as two, so that no two texts look the same.
 */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) =>
    character === "\\" ? "\\\\" : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
}
