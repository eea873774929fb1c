import { createLimiter, type Limiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { SegmentVerifier } from "../check/check-options.ts";
import { isDamage } from "../collect/damage.ts";
import { runBounded } from "../collect/run-bounded.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";

/** So many segments of one version are under way at a time, as far as their bytes have room. */
const SEGMENTS_AT_ONCE = 16;

/** Says that a segment is missing, or is not what was written; `cause` says which. */
export class DamagedSegmentError extends Error {
  override readonly name = "DamagedSegmentError";
}

/** What is done with segments. */
export interface SegmentUse extends CallOptions {
  /** Of the manifest that names them. */
  readonly handler: string;
  readonly read: (entry: SegmentEntry) => Promise<Uint8Array>;
  /** Gets the bytes of a sound segment; until it settles they count as being in memory. */
  readonly use: (bytes: Uint8Array, entry: SegmentEntry) => Promise<void>;
}

/** Reads segments and verifies them, with one bound for the bytes that all its users have in memory. */
export class SegmentReader {
  readonly #verifiers: ReadonlyMap<string, SegmentVerifier>;
  readonly #bytes: Limiter;

  constructor(verifiers: ReadonlyMap<string, SegmentVerifier>, maxBytesInFlight: number) {
    this.#verifiers = verifiers;
    this.#bytes = createLimiter({ capacity: maxBytesInFlight, maxQueued: Infinity });
  }

  /** Whether more than the length of a handler's segments can be checked. */
  knows(handler: string): boolean {
    return this.#verifiers.has(handler);
  }

  /**
   * Reads segments, a few at a time.
   *
   * @throws {DamagedSegmentError} for the first one that is not sound
   */
  each(entries: Iterable<SegmentEntry>, segmentUse: SegmentUse): Promise<void> {
    const { use, signal } = segmentUse;
    return runBounded(entries, SEGMENTS_AT_ONCE, (entry) =>
      this.#bytes.run(async () => use(await this.#readSound(entry, segmentUse), entry), {
        weight: Math.max(1, entry.length),
        signal,
      }),
    );
  }

  async #readSound(entry: SegmentEntry, { handler, read }: SegmentUse): Promise<Uint8Array> {
    let bytes: Uint8Array;
    try {
      bytes = await read(entry);
    } catch (error) {
      throw isDamage(error) ? damaged(error) : error;
    }
    try {
      await this.#verifiers.get(handler)?.(bytes, entry);
    } catch (error) {
      throw damaged(error);
    }
    return bytes;
  }
}

function damaged(cause: unknown): DamagedSegmentError {
  return new DamagedSegmentError(cause instanceof Error ? cause.message : String(cause), { cause });
}
