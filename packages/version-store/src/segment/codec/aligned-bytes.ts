/** The bytes themselves if a typed array of wider elements can be made over them, else a copy. */
export function alignedBytes(bytes: Uint8Array, elementBytes: number): Uint8Array {
  return bytes.byteOffset % elementBytes === 0 ? bytes : new Uint8Array(bytes);
}
