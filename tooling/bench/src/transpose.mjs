/** Blocks of so many rows and columns stay in the fastest cache on both sides. */
const BLOCK = 32;

/**
 * Turns `[rows][columns]` into `[columns][rows]`.
 *
 * @template {Float32Array | Float64Array} Values
 * @param {Values} from
 * @param {number} rows
 * @param {number} columns
 * @param {Values} to
 * @returns {Values} `to`
 */
export function transpose(from, rows, columns, to) {
  for (let firstRow = 0; firstRow < rows; firstRow += BLOCK) {
    const endRow = Math.min(firstRow + BLOCK, rows);
    for (let firstColumn = 0; firstColumn < columns; firstColumn += BLOCK) {
      const endColumn = Math.min(firstColumn + BLOCK, columns);
      for (let column = firstColumn; column < endColumn; column += 1) {
        for (let row = firstRow; row < endRow; row += 1) {
          to[column * rows + row] = from[row * columns + column];
        }
      }
    }
  }
  return to;
}
