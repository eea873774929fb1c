import { open, stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";

import type { ProgramContext } from "@foretile/app-kit";

/** Larger pieces cut fewer lines in two. */
const FILE_PIECE_BYTES = 1024 * 1024;

/** The bytes to ingest. Reading ends with an error when the program is interrupted. */
export interface Input {
  /** A piece is valid until the next one is asked for. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** How many bytes there are, where that is known. */
  readonly totalBytes: number | undefined;
}

/**
 * Opens a file, or standard input for `-`.
 *
 * @throws the operating system's error for a file that cannot be read
 */
export async function openInput(path: string, context: ProgramContext): Promise<Input> {
  const { signal, stdin } = context;
  if (path === "-") return { pieces: addAbortSignal(signal, stdin), totalBytes: undefined };
  const stats = await stat(path);
  if (stats.isFile()) return { pieces: filePieces(path, signal), totalBytes: stats.size };
  // What may keep a reader waiting is read as a stream, which can be left.
  const file = await open(path);
  return { pieces: addAbortSignal(signal, file.createReadStream()), totalBytes: undefined };
}

/**
 * The pieces of a file, all in the same memory: fresh memory for each would be collected at a cost that is more than that
 * of reading.
 */
async function* filePieces(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  await using file = await open(path);
  const memory = Buffer.allocUnsafeSlow(FILE_PIECE_BYTES);
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(memory);
    if (bytesRead === 0) return;
    yield memory.subarray(0, bytesRead);
  }
}
