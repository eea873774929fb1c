/** The examples at the end of a command's help, each a command line without the program's name. */
export function examples(lines: readonly string[]): string {
  return ["\nExamples:", ...lines.map((line) => `  $ foretile ${line}`)].join("\n");
}
