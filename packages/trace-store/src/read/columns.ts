/** Which offsets of a tile are read, and where they go. */
export interface Columns {
  /** For each offset its column, or −1. */
  readonly of: Int32Array;
  readonly count: number;
}

/** @param offsets ascending */
export function columnsOf(offsets: readonly number[], tileSize: number): Columns {
  const of = new Int32Array(tileSize).fill(-1);
  for (const [column, offset] of offsets.entries()) of[offset] = column;
  return { of, count: offsets.length };
}
