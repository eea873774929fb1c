import { open } from "node:fs/promises";

import type { TextBlocks } from "./text-blocks.ts";

/** Read at once: enough for the disk, and lines are cut while it still lies in the processor's cache. */
const PIECE_BYTES = 1024 * 1024;

/**
 * The pieces of a file, read to one place behind the other, so that most lines that come in several pieces lie in one.
 * A block is let go of when the one behind it is full: what is left of it has been looked at by then.
 */
export async function* filePieces(
  path: string,
  blocks: TextBlocks,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  await using file = await open(path);
  let last: Uint8Array | undefined;
  let block = blocks.take();
  let at = 0;
  for (;;) {
    signal.throwIfAborted();
    if (at === block.length) {
      if (last !== undefined) blocks.release(last);
      last = block;
      block = blocks.take();
      at = 0;
    }
    const room = Math.min(PIECE_BYTES, block.length - at);
    const { bytesRead } = await file.read(block, at, room);
    if (bytesRead === 0) return;
    yield block.subarray(at, at + bytesRead);
    at += bytesRead;
  }
}
