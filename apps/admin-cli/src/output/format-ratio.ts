/** Stored bytes per raw byte: `0.557`. `-` where there is nothing raw. */
export function formatRatio(rawBytes: number, storedBytes: number): string {
  return rawBytes === 0 ? "-" : (storedBytes / rawBytes).toFixed(3);
}
