/** Bytes of a {@link contentHash}. */
export const CONTENT_HASH_BYTES = 32;

/**
 * SHA-256: names what a version contains, whatever codec, keys or back end hold it. Strong, because a score cites it
 * and the bytes it names come from parties who do not trust each other.
 *
 * @returns 32 bytes
 */
export async function contentHash(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal text of bytes. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += hexDigits[byte] as string;
  return text;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
