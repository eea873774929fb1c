import { isCodecError, type CodecError } from "@foretile/codecs";

/**
 * The CodecError that `run` throws; any other error passes through and fails the test.
 *
 * @returns `undefined` when nothing is thrown
 */
export function codecErrorOf(run: () => unknown): CodecError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isCodecError(error)) return error;
    throw error;
  }
}
