/** A heading and below it one fact a line, the values in one column. */
export function formatFields(
  heading: string,
  fields: readonly (readonly [name: string, value: string])[],
): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  const lines = fields.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`.trimEnd());
  return `${[heading, ...lines].join("\n")}\n`;
}
