import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";

import type { ProgramContext } from "@foretile/app-kit";

/** Larger pieces than the default cut fewer lines in two. */
const FILE_PIECE_BYTES = 1024 * 1024;

/** The bytes to ingest. Reading ends with an error when the program is interrupted. */
export interface Input {
  readonly stream: Readable;
  /** How many bytes there are, where that is known. */
  readonly totalBytes: number | undefined;
}

/**
 * Opens a file, or standard input for `-`.
 *
 * @throws the operating system's error for a file that cannot be read
 */
export async function openInput(path: string, context: ProgramContext): Promise<Input> {
  if (path === "-") {
    return { stream: addAbortSignal(context.signal, context.stdin), totalBytes: undefined };
  }
  const stats = await stat(path);
  const stream = createReadStream(path, { highWaterMark: FILE_PIECE_BYTES });
  return {
    stream: addAbortSignal(context.signal, stream),
    totalBytes: stats.isFile() ? stats.size : undefined,
  };
}
