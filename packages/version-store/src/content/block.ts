import type { SegmentEntry } from "../manifest/manifest.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { readSegmentFacts, type SegmentFacts } from "./segment-facts.ts";

/** One segment of a block: what the manifest points at, and what it says about it. */
export interface BlockSegment {
  readonly lane: number;
  readonly rawBytes: number;
  readonly content: Uint8Array;
  readonly entry: SegmentEntry;
}

/** Consecutive rows of a stored value. */
export interface Block {
  /** At least 1. */
  readonly rows: number;
  /** `undefined` without an index. */
  readonly index: IndexFacts | undefined;
  /** By lane, ascending, lane 0 first. Lanes that were added later are missing. */
  readonly segments: readonly BlockSegment[];
}

/**
 * Groups the segment entries of a manifest, which stand there block after block, lane after lane.
 *
 * @throws {VersionStoreError} `data-integrity`
 */
export function blocksOf(entries: readonly SegmentEntry[]): Block[] {
  const blocks: { facts: SegmentFacts; segments: BlockSegment[] }[] = [];
  for (const entry of entries) {
    const facts = readSegmentFacts(entry.facts);
    const { lane, rows, rawBytes, content } = facts;
    const segment: BlockSegment = { lane, rawBytes, content, entry };
    if (lane === 0) {
      blocks.push({ facts, segments: [segment] });
      continue;
    }
    const block = blocks.at(-1);
    const before = block?.segments.at(-1);
    if (block?.facts.rows !== rows || before === undefined || before.lane >= lane) {
      throw new VersionStoreError(
        "data-integrity",
        `segment does not continue the block before it lane=${lane} rows=${rows}`,
      );
    }
    block.segments.push(segment);
  }
  return blocks.map(({ facts: { rows, index }, segments }) => ({ rows, index, segments }));
}

export function rowsOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { rows }) => sum + rows, 0);
}

/** Bytes of a block's parts before encoding. */
export function rawBytesOf({ segments }: Block): number {
  return segments.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
}
