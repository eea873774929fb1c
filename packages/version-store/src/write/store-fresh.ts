import type { CallOptions } from "@foretile/storage";
import type { Content } from "../content/content.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { cutSpans } from "./spans.ts";
import { storeBlocks, type PutSegment } from "./store-blocks.ts";
import { contentFrom, type WrittenValue } from "./written-value.ts";

/** Stores a value that shares nothing with what was stored before. */
export async function storeFresh(
  context: LibraryContext,
  put: PutSegment,
  written: WrittenValue,
  options?: CallOptions,
): Promise<Content> {
  const { value, rows, rowsPerBlock } = written;
  const pieces = cutSpans([{ value, rows: { from: 0, to: rows } }], rowsPerBlock);
  const plan = pieces.map((spans) => ({ spans }));
  return contentFrom(written, await storeBlocks(context, put, written, plan, options));
}
