import type { CallOptions } from "@foretile/storage";
import { WRITE_AGAIN } from "../document/document-kind.ts";
import type { StoredBlock } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey } from "../manifest/manifest.ts";
import { readSegment } from "../manifest/read-segment.ts";
import type { Part } from "../segment/part.ts";
import type { RowRange } from "../value/row-range.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import type { Block, BlockSegment } from "./block.ts";
import { inOrder } from "./in-order.ts";

/** So many segments are fetched at a time: enough to keep a distant store busy. */
const MAX_FETCHES = 16;

/** Nothing more is fetched ahead while segments of so many bytes before encoding are under way. */
const MAX_FETCHED_BYTES = 64 * 1024 * 1024;

/** A block and what of it is wanted. */
export interface WantedBlock {
  readonly block: Block;
  /** Default: all rows. */
  readonly keep?: readonly RowRange[] | undefined;
}

/**
 * Fetches blocks in order, a bounded number of bytes ahead of whoever takes them. Every segment's hash is checked.
 *
 * @param lanes numbers of the lanes that are needed
 * @throws {VersionStoreError} `data-integrity` naming the key of a segment that is missing or is not what was written;
 *   `format-too-new`, `unsupported-capability`
 */
export async function* readBlocks(
  context: LibraryContext,
  wanted: readonly WantedBlock[],
  lanes: ReadonlySet<number>,
  options?: CallOptions,
): AsyncGenerator<StoredBlock, void, undefined> {
  const needed = wanted.map(({ block: { segments } }) =>
    segments.filter(({ lane }) => lanes.has(lane)),
  );
  const fetched = inOrder(
    needed.flat(),
    (segment, call) => readParts(context, segment, call),
    { maxItems: MAX_FETCHES, maxWeight: MAX_FETCHED_BYTES, weightOf: ({ rawBytes }) => rawBytes },
    options,
  );
  try {
    for (const [position, { block, keep }] of wanted.entries()) {
      const parts = new Map<number, readonly Part[]>();
      for (const { lane } of needed[position] ?? []) {
        const next = await fetched.next();
        if (next.done !== true) parts.set(lane, next.value);
      }
      yield { rows: block.rows, keep, parts };
    }
  } finally {
    await fetched.return();
  }
}

async function readParts(
  context: LibraryContext,
  { entry }: BlockSegment,
  options: CallOptions,
): Promise<readonly Part[]> {
  const bytes = await readSegment(context, entry, options);
  try {
    return context.codec.decode(bytes, entry.hash);
  } catch (cause) {
    if (!isVersionStoreError(cause, "data-integrity")) throw cause;
    const key = segmentEntryKey(entry);
    throw new VersionStoreError("data-integrity", `segment is damaged; ${WRITE_AGAIN} key=${key}`, {
      cause,
      details: { key },
    });
  }
}
