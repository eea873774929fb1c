/** A copy that shares no memory. Not `bytes.slice()`: on a Node Buffer that is a view of the same memory. */
export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
