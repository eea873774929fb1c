import { CodecError } from "./codec-error.ts";

/**
 * Refuses an argument that is no integer in `[least, most]`.
 *
 * @throws {CodecError} `invalid-argument`
 */
export function requireInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new CodecError(
      "invalid-argument",
      `${name} must be an integer in range least=${least} most=${most} found=${value}`,
    );
  }
}
