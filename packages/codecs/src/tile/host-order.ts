import { CodecError } from "../codec-error.ts";

/**
 * Frames are little-endian and are read and written through views of the host's own order.
 *
 * @throws {CodecError} `unsupported-host` on a big-endian machine
 */
export function requireLittleEndianHost(): void {
  const [firstByte] = new Uint8Array(Uint16Array.of(1).buffer, 0, 1);
  if (firstByte !== 1) {
    throw new CodecError("unsupported-host", "tiles need a little-endian machine");
  }
}
