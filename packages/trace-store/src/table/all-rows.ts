/** The numbers of all rows of a table. */
export function allRows({ rows }: { readonly rows: number }): Uint32Array {
  const all = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) all[row] = row;
  return all;
}
