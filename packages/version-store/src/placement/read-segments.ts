import { createLimiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { inOrder } from "../content/in-order.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { fetchSegments } from "./fetch-segments.ts";
import { planReads, type ReadStep, type SegmentGroup } from "./plan-reads.ts";
import { readAtHand } from "./read-at-hand.ts";
import { StepSegments, type SegmentGroupResult } from "./step-segments.ts";

/** So many requests are under way at a time: enough to keep a distant store busy. */
const MAX_REQUESTS = 16;

/** Nothing more is fetched ahead while so many bytes are under way. */
const MAX_FETCHED_BYTES = 64 * 1024 * 1024;

/** Lends at least `byteLength` bytes. */
export type LendMemory = (byteLength: number) => Uint8Array;

export interface ReadSegmentsOptions extends CallOptions {
  /** Nothing more is begun while so many bytes are under way; one step may go beyond it. Default 64 MiB. */
  readonly maxBytesInFlight?: number | undefined;
  /** Most steps under way, at least 1: groups, or runs of groups that are read together. Default 16. */
  readonly maxStepsInFlight?: number | undefined;
  /**
   * Lets segments be valid only until the next result is asked for, so that their memory is used again. Faster where
   * the store has them at hand. Default false.
   *
   * A function gives that memory: at least so many bytes, which nobody else uses until the iteration has ended. It is
   * asked at most once.
   */
  readonly reuseMemory?: boolean | LendMemory | undefined;
}

/**
 * Reads many segments with few requests, a bounded number of bytes ahead of whoever takes them: what lies together
 * comes together, see {@link planReads}. Their number of bytes is checked, their hashes are the handler's business.
 * Ending the iteration early ends the fetching.
 *
 * @param groups segments that are wanted together; a group is a result
 * @returns one result for each group, in their order
 * @throws what the store throws when it does not answer, or is told to stop
 */
export function readSegments(
  context: LibraryContext,
  groups: readonly SegmentGroup[],
  options: ReadSegmentsOptions = {},
): AsyncGenerator<SegmentGroupResult, void, undefined> {
  const { reuseMemory = false, signal } = options;
  if (reuseMemory === false || context.blobs.readInto === undefined) {
    return readAhead(context, groups, options);
  }
  const lend = reuseMemory === true ? ownMemory : reuseMemory;
  return readAtHand(context, groups, lend, { signal });
}

async function* readAhead(
  context: LibraryContext,
  groups: readonly SegmentGroup[],
  options: ReadSegmentsOptions,
): AsyncGenerator<SegmentGroupResult, void, undefined> {
  const { maxBytesInFlight = MAX_FETCHED_BYTES, maxStepsInFlight = MAX_REQUESTS, signal } = options;
  const requests = createLimiter({ capacity: MAX_REQUESTS, maxQueued: Infinity });

  const carryOut = async (step: ReadStep, stop: CallOptions): Promise<SegmentGroupResult[]> => {
    const call = {
      signal: signal && stop.signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    };
    const found = new StepSegments(groups, step);
    const ends = await Promise.allSettled(
      step.reads.map(async (read) => {
        found.add(read.entries, await requests.run(() => fetchSegments(context, read, call)));
      }),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason as Error;
    return found.results();
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

function ownMemory(byteLength: number): Uint8Array {
  return new Uint8Array(byteLength);
}
