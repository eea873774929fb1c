/**
 * The fields that a page about a format documents: of each table whose first column is titled `field…` or `type`, the
 * names in that column, by the heading above and the title.
 */
export function fieldTables(markdown: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let heading = "";
  let table: string[] = [];
  for (const line of markdown.split("\n")) {
    const [, headingText] = /^##+ (.*)$/.exec(line) ?? [];
    const [, title] = /^\| (field[^|]*?|type) +\|/.exec(line) ?? [];
    const [, name] = /^\| `([a-z0-9_]+)` +\|/.exec(line) ?? [];
    if (headingText !== undefined) heading = headingText;
    if (title !== undefined) {
      table = [];
      found.set(`${heading}: ${title}`, table);
    }
    if (name !== undefined) table.push(name);
  }
  return found;
}
