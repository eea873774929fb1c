import type { CallOptions } from "@foretile/storage";
import { WRITE_AGAIN } from "../document/document-kind.ts";
import type { StoredBlock } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey, type SegmentEntry } from "../manifest/manifest.ts";
import { readSegments } from "../placement/read-segments.ts";
import type { Part } from "../segment/part.ts";
import type { RowRange } from "../value/row-range.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import type { Block } from "./block.ts";

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
 * @throws {VersionStoreError} `data-integrity` naming the segment that is missing or is not what was written;
 *   `format-too-new`, `unsupported-capability`
 */
export async function* readBlocks(
  context: LibraryContext,
  wanted: readonly WantedBlock[],
  lanes: ReadonlySet<number>,
  options?: CallOptions,
): AsyncGenerator<StoredBlock, void, undefined> {
  const needed = wanted.flatMap(({ block: { segments } }, position) =>
    segments
      .filter(({ lane }) => lanes.has(lane))
      .map(({ lane, entry }) => ({ position, lane, entry })),
  );
  const groups = needed.map(({ entry }) => [entry]);
  const fetched = readSegments(context, groups, { signal: options?.signal });
  try {
    let next = 0;
    for (const [position, { block, keep }] of wanted.entries()) {
      const parts = new Map<number, readonly Part[]>();
      for (; needed[next]?.position === position; next += 1) {
        const result = await fetched.next();
        const segment = needed[next];
        if (result.done === true || segment === undefined) break;
        if (result.value.error !== undefined) throw result.value.error;
        const [bytes = new Uint8Array()] = result.value.segments;
        parts.set(segment.lane, decode(context, segment.entry, bytes));
      }
      yield { rows: block.rows, keep, parts };
    }
  } finally {
    await fetched.return();
  }
}

function decode(context: LibraryContext, entry: SegmentEntry, bytes: Uint8Array): readonly Part[] {
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
