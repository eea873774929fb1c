import { createLimiter, type Limiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { SegmentVerifier } from "../check/check-options.ts";
import { runBounded } from "../collect/run-bounded.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import type { SegmentGroup } from "../placement/plan-reads.ts";
import type { SegmentGroupResult } from "../placement/step-segments.ts";

/** Segments that are read together, as far as their bytes have room: neighbours in a pack come with one request. */
const SEGMENTS_PER_RUN = 64;
const BYTES_PER_RUN = 8 * 1024 * 1024;
/** So many runs of one version are under way at a time. */
const RUNS_AT_ONCE = 2;
/** Every run has at most this part of all bytes, so that several have room. */
const SHARE_OF_RUN = 1 / 4;

/** Says that a segment is missing, or is not what was written; `cause` says which. */
export class DamagedSegmentError extends Error {
  override readonly name = "DamagedSegmentError";
}

/** What is done with segments. */
export interface SegmentUse extends CallOptions {
  /** Of the manifest that names them. */
  readonly handler: string;
  /** Reads segments, each a group of its own. */
  readonly read: (groups: readonly SegmentGroup[]) => AsyncIterable<SegmentGroupResult>;
  /** Gets the bytes of a sound segment; until it settles they count as being in memory. */
  readonly use: (bytes: Uint8Array, entry: SegmentEntry) => Promise<void>;
}

/** Reads segments and verifies them, with one bound for the bytes that all its users have in memory. */
export class SegmentReader {
  readonly #verifiers: ReadonlyMap<string, SegmentVerifier>;
  readonly #bytes: Limiter;
  readonly #bytesPerRun: number;

  constructor(verifiers: ReadonlyMap<string, SegmentVerifier>, maxBytesInFlight: number) {
    this.#verifiers = verifiers;
    this.#bytes = createLimiter({ capacity: maxBytesInFlight, maxQueued: Infinity });
    this.#bytesPerRun = Math.min(BYTES_PER_RUN, maxBytesInFlight * SHARE_OF_RUN);
  }

  /** Whether more than the length of a handler's segments can be checked. */
  knows(handler: string): boolean {
    return this.#verifiers.has(handler);
  }

  /**
   * Reads segments, some at a time, and in their order as far as they are read together.
   *
   * @throws {DamagedSegmentError} for the first one that is not sound
   */
  each(entries: Iterable<SegmentEntry>, segmentUse: SegmentUse): Promise<void> {
    const { signal } = segmentUse;
    return runBounded(this.#runsOf(entries), RUNS_AT_ONCE, (run) => {
      const weight = Math.max(1, bytesOf(run));
      return this.#bytes.run(() => this.#useRun(run, segmentUse), { weight, signal });
    });
  }

  *#runsOf(entries: Iterable<SegmentEntry>): Generator<readonly SegmentEntry[]> {
    let run: SegmentEntry[] = [];
    for (const entry of entries) {
      const isFull =
        run.length === SEGMENTS_PER_RUN || bytesOf(run) + entry.length > this.#bytesPerRun;
      if (run.length > 0 && isFull) {
        yield run;
        run = [];
      }
      run.push(entry);
    }
    if (run.length > 0) yield run;
  }

  async #useRun(run: readonly SegmentEntry[], segmentUse: SegmentUse): Promise<void> {
    const segments = await this.#readSound(run, segmentUse);
    // What is under way must have settled before the caller may clean up after a failure.
    const ends = await Promise.allSettled(
      segments.map(([entry, bytes]) => segmentUse.use(bytes, entry)),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason as Error;
  }

  async #readSound(
    run: readonly SegmentEntry[],
    { handler, read }: SegmentUse,
  ): Promise<readonly (readonly [SegmentEntry, Uint8Array])[]> {
    const verify = this.#verifiers.get(handler);
    const sound: (readonly [SegmentEntry, Uint8Array])[] = [];
    const entries = run.values();
    for await (const { segments, error } of read(run.map((entry) => [entry]))) {
      const { value: entry } = entries.next();
      if (error !== undefined) throw damaged(error);
      const [bytes] = segments;
      if (entry === undefined || bytes === undefined) break;
      try {
        await verify?.(bytes, entry);
      } catch (cause) {
        throw damaged(cause);
      }
      sound.push([entry, bytes]);
    }
    return sound;
  }
}

function bytesOf(run: readonly SegmentEntry[]): number {
  return run.reduce((sum, { length }) => sum + length, 0);
}

function damaged(cause: unknown): DamagedSegmentError {
  return new DamagedSegmentError(cause instanceof Error ? cause.message : String(cause), { cause });
}
