import { constants } from "node:os";

import { padDataFile } from "./data-file.ts";

const PROBE_BYTES = 4096;

/**
 * Why a commit failed: the error that says so most exactly.
 *
 * LMDB calls a write that was cut short an I/O error, and a disk that runs full cuts the write short. One more block at
 * the end of the file, where a block does no harm, tells the two apart.
 *
 * @param error what lmdb-js rejected the transaction with
 */
export async function commitFailure(error: unknown, dataPath: string): Promise<unknown> {
  const cause = await causeOf(error);
  if (!(cause instanceof Error) || !("code" in cause) || cause.code !== constants.errno.EIO) {
    return cause;
  }
  try {
    await padDataFile(dataPath, PROBE_BYTES);
    return cause;
  } catch (probe) {
    return probe;
  }
}

/** lmdb-js rejects a failed commit with an error that holds, as a promise that rejects, the error of LMDB. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !("commitError" in error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}
