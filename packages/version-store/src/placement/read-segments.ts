import { createLimiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { inOrder } from "../content/in-order.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { fetchSegments, type FoundSegment } from "./fetch-segments.ts";
import { planReads, type ReadStep, type SegmentGroup } from "./plan-reads.ts";

/** So many requests are under way at a time: enough to keep a distant store busy. */
const MAX_REQUESTS = 16;

/** Nothing more is fetched ahead while so many bytes are under way. */
const MAX_FETCHED_BYTES = 64 * 1024 * 1024;

export interface ReadSegmentsOptions extends CallOptions {
  /** Nothing more is begun while so many bytes are under way; one step may go beyond it. Default 64 MiB. */
  readonly maxBytesInFlight?: number | undefined;
  /** Most steps under way, at least 1: groups, or runs of groups that are read together. Default 16. */
  readonly maxStepsInFlight?: number | undefined;
}

/** The segments of a group, or why they are not all there. */
export type SegmentGroupResult =
  | {
      /** In the order of the group. They may be views of one larger buffer, which belongs to the caller. */
      readonly segments: readonly Uint8Array[];
      readonly error?: undefined;
      readonly entry?: undefined;
    }
  | {
      readonly segments?: undefined;
      /** `data-integrity`: the first of the group that is missing or cut off. */
      readonly error: VersionStoreError;
      /** The one that the error is about. */
      readonly entry: SegmentEntry;
    };

/**
 * Reads many segments with few requests, a bounded number of bytes ahead of whoever takes them: what lies together
 * comes together, see {@link planReads}. Their number of bytes is checked, their hashes are the handler's business.
 * Ending the iteration early ends the fetching.
 *
 * @param groups segments that are wanted together; a group is a result
 * @returns one result for each group, in their order
 * @throws what the store throws when it does not answer, or is told to stop
 */
export async function* readSegments(
  context: LibraryContext,
  groups: readonly SegmentGroup[],
  options: ReadSegmentsOptions = {},
): AsyncGenerator<SegmentGroupResult, void, undefined> {
  const { maxBytesInFlight = MAX_FETCHED_BYTES, maxStepsInFlight = MAX_REQUESTS, signal } = options;
  const requests = createLimiter({ capacity: MAX_REQUESTS, maxQueued: Infinity });

  const carryOut = async (step: ReadStep, stop: CallOptions): Promise<SegmentGroupResult[]> => {
    const call = {
      signal: signal && stop.signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    };
    const found = new Map<SegmentEntry, FoundSegment>();
    const ends = await Promise.allSettled(
      step.reads.map(async (read) => {
        const segments = await requests.run(() => fetchSegments(context, read, call));
        for (const [index, entry] of read.entries.entries()) {
          const segment = segments[index];
          if (segment !== undefined) found.set(entry, segment);
        }
      }),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason as Error;
    return groups.slice(step.first, step.end).map((group) => resultOf(group, found));
  };

  const bounds = {
    maxItems: maxStepsInFlight,
    maxWeight: maxBytesInFlight,
    weightOf: ({ bytes }: ReadStep) => bytes,
  };
  // Without the signal: a call that is aborted fails as the store says.
  const steps = inOrder(planReads(groups), carryOut, bounds);
  for await (const results of steps) yield* results;
}

function resultOf(
  group: SegmentGroup,
  found: ReadonlyMap<SegmentEntry, FoundSegment>,
): SegmentGroupResult {
  const segments: Uint8Array[] = [];
  for (const entry of group) {
    const segment = found.get(entry);
    if (segment === undefined || segment instanceof VersionStoreError) {
      return {
        error: segment ?? new VersionStoreError("data-integrity", "segment was not read"),
        entry,
      };
    }
    segments.push(segment);
  }
  return { segments };
}
