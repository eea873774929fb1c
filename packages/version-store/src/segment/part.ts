/** A run of equal-sized little-endian elements, before encoding. */
export interface Part {
  readonly bytes: Uint8Array;
  readonly elementBytes: 1 | 2 | 4 | 8;
}
