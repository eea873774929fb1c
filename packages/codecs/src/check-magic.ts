import { CodecError } from "./codec-error.ts";

/**
 * Checks the four ASCII letters that a format starts with.
 *
 * @param what what the bytes should be, for messages
 * @throws {CodecError} `not-a-frame` when the bytes that are there differ, `truncated` when there are too few
 */
export function checkMagic(bytes: Uint8Array, magic: string, what: string): void {
  for (let index = 0; index < magic.length; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) {
      throw new CodecError("truncated", `${what} is cut off found=${bytes.length}`, {
        details: { neededBytes: magic.length },
      });
    }
    if (byte !== magic.charCodeAt(index)) {
      throw new CodecError("not-a-frame", `bytes are no ${what} magic=${magic}`);
    }
  }
}
