import type { BlobPiece, CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import { fetchSegments, segmentsInPack, wholeSegment } from "./fetch-segments.ts";
import {
  MAX_READ_BYTES,
  planReads,
  type ReadStep,
  type SegmentGroup,
  type SegmentRead,
} from "./plan-reads.ts";
import { StepSegments, type SegmentGroupResult } from "./step-segments.ts";

/** Blobs of their own come together up to so many bytes, which stay in the processor's cache until they are decoded. */
const MAX_LOOSE_BYTES = 512 * 1024;

/** Segments begin where numbers of any size may. */
const ALIGNMENT = 8;

type BlobRead = Exclude<SegmentRead, { readonly kind: "cells" }>;

/** A step with the reads of it that lent memory is for. */
interface StepAtHand {
  readonly step: ReadStep;
  readonly lent: readonly BlobRead[];
  /** Bytes of memory for them. */
  readonly room: number;
}

/**
 * Reads segments of a store that has their bytes at hand: several groups with one call, into one piece of memory that
 * is used again for the next ones. Nothing is fetched ahead, for nothing is waited for.
 *
 * @param lend gives the memory; asked once, when there is something to read into it
 * @returns one result for each group, in their order; its segments are valid until the next result is asked for
 */
export async function* readAtHand(
  context: LibraryContext,
  groups: readonly SegmentGroup[],
  lend: (byteLength: number) => Uint8Array,
  { signal }: CallOptions,
): AsyncGenerator<SegmentGroupResult, void, undefined> {
  const steps = planReads(groups, MAX_READ_BYTES, MAX_LOOSE_BYTES).map(stepAtHand);
  const most = steps.reduce((bytes, { room }) => Math.max(bytes, room), 0);
  const memory = most === 0 ? new Uint8Array() : lend(most);
  for (const { step, lent } of steps) {
    const found = new StepSegments(groups, step);
    for (const read of step.reads) {
      if (isLent(step, read)) continue;
      found.add(read.entries, await fetchSegments(context, read, { signal }));
    }
    await readInto(context, lent, memory, found, { signal });
    // One by one: handing on a list of what is there costs three times as many turns.
    for (const result of found.results()) yield result;
  }
}

function stepAtHand(step: ReadStep): StepAtHand {
  const lent = step.reads.filter((read) => isLent(step, read));
  return { step, lent, room: lent.reduce((bytes, read) => bytes + roomFor(read), 0) };
}

/** A group may be larger than any step, and what a damaged manifest wants may be larger than all memory. */
function isLent({ bytes }: ReadStep, read: SegmentRead): read is BlobRead {
  return read.kind !== "cells" && bytes <= MAX_READ_BYTES;
}

async function readInto(
  { blobs }: LibraryContext,
  reads: readonly BlobRead[],
  memory: Uint8Array,
  found: StepSegments,
  options: CallOptions,
): Promise<void> {
  if (reads.length === 0 || blobs.readInto === undefined) return;
  let at = 0;
  const pieces = reads.map((read): BlobPiece => {
    const into = memory.subarray(at, at + bytesOf(read));
    at += roomFor(read);
    return { key: read.key, offset: read.kind === "pack" ? read.range.offset : 0, into };
  });
  const lengths = await blobs.readInto(pieces, options);
  for (const [index, read] of reads.entries()) {
    const length = lengths[index];
    const bytes = length === undefined ? undefined : pieces[index]?.into.subarray(0, length);
    found.add(
      read.entries,
      read.kind === "pack"
        ? segmentsInPack(read, bytes)
        : [wholeSegment(read.entries[0], bytes, length)],
    );
  }
}

function bytesOf(read: BlobRead): number {
  return read.kind === "pack" ? read.range.length : read.entries[0].length;
}

function roomFor(read: BlobRead): number {
  return Math.ceil(bytesOf(read) / ALIGNMENT) * ALIGNMENT;
}
