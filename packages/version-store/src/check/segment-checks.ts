import { createLimiter, type Limiter } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { BlobTable } from "../collect/blob-table.ts";
import type { BlobTotals } from "../collect/collect-report.ts";
import { isDamage, type Damage } from "../collect/damage.ts";
import { ownerName } from "../collect/mark.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { READS_AT_ONCE, type SegmentPlace } from "../collect/walk.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { segmentEntryKey, segmentOwnerKey, type SegmentEntry } from "../manifest/manifest.ts";
import { isOwnerLength, leastOwnerBytes } from "../placement/owner-bytes.ts";
import { readSegment } from "../placement/read-segment.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { CheckLevel, SegmentVerifier } from "./check-options.ts";
import { MetSegments, type SegmentId } from "./met-segments.ts";
import type { PackIndexes } from "./pack-indexes.ts";

export interface SegmentChecksOptions extends CallOptions {
  readonly level: CheckLevel;
  readonly verifiers: ReadonlyMap<string, SegmentVerifier>;
  readonly maxBytesInFlight: number;
  /** Packs are checked with the segments in them. */
  readonly packs: PackIndexes;
}

/** Verifiers of the handlers that this build has. */
export function typedVerifiers({
  codec,
  handlers,
}: LibraryContext): ReadonlyMap<string, SegmentVerifier> {
  const verify: SegmentVerifier = (bytes, { hash }) => codec.verify(bytes, hash);
  return new Map(handlers.names.map((name) => [name, verify]));
}

/** Checks segments as they are met: each once, however many versions share it. */
export class SegmentChecks {
  readonly #context: LibraryContext;
  readonly #table: BlobTable;
  readonly #options: SegmentChecksOptions;
  readonly #bytes: Limiter;
  readonly #met = new MetSegments();
  /** What is wrong with which segment: told for every version that needs it. */
  readonly #wrong = new Map<SegmentId, Error>();
  /** Checks that are not over. */
  readonly #underWay = new Map<SegmentId, Promise<Error | undefined>>();
  readonly #unverified = new Map<string, number>();
  #segments = 0;
  #segmentBytes = 0;
  #verified = 0;
  #verifiedBytes = 0;

  constructor(context: LibraryContext, table: BlobTable, options: SegmentChecksOptions) {
    this.#context = context;
    this.#table = table;
    this.#options = options;
    this.#bytes = createLimiter({ capacity: options.maxBytesInFlight, maxQueued: Infinity });
  }

  /** Distinct segments so far. */
  get segments(): BlobTotals {
    return { blobs: this.#segments, bytes: this.#segmentBytes };
  }

  get verified(): BlobTotals {
    return { blobs: this.#verified, bytes: this.#verifiedBytes };
  }

  /** How many segments could not be verified, by handler. */
  get unverified(): ReadonlyMap<string, number> {
    return this.#unverified;
  }

  /** @returns what is wrong with segments of one page */
  async check(entries: readonly SegmentEntry[], place: SegmentPlace): Promise<readonly Damage[]> {
    const damages: Damage[] = [];
    await runBounded(entries, READS_AT_ONCE, async (entry) => {
      const error = await this.#checkOne(entry, place);
      if (error === undefined) return;
      const { symbol, version, snapshot } = place;
      damages.push({
        what: "segment",
        key: segmentEntryKey(entry),
        symbol,
        version,
        snapshot,
        error,
      });
    });
    return damages;
  }

  async #checkOne(entry: SegmentEntry, place: SegmentPlace): Promise<Error | undefined> {
    const row = this.#table.add(ownerName(entry), leastOwnerBytes(entry));
    this.#table.mark(row, "reached");
    const { id, isNew } = this.#met.meet(entry);
    if (isNew) {
      this.#segments += 1;
      this.#segmentBytes += entry.length;
    }
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay;
    if (!isNew) return this.#wrong.get(id);
    const checking = this.#findFault(row, entry, place);
    this.#underWay.set(id, checking);
    try {
      const error = await checking;
      if (error !== undefined) this.#wrong.set(id, error);
      return error;
    } finally {
      this.#underWay.delete(id);
    }
  }

  async #findFault(
    row: number,
    entry: SegmentEntry,
    place: SegmentPlace,
  ): Promise<Error | undefined> {
    return (await this.#findAbsence(row, entry)) ?? (await this.#verify(row, entry, place));
  }

  /** Compares with the listing; what was stored since the listing is looked for by itself. */
  async #findAbsence(row: number, entry: SegmentEntry): Promise<Error | undefined> {
    if (this.#options.level === 0) return undefined;
    const isListed = this.#table.has(row, "listed");
    const listedBytes = this.#table.lengthAt(row);
    if (isListed && isOwnerLength(entry, listedBytes)) return undefined;
    // The last byte that there must be, and of a blob of its own one that should not be there.
    const isLoose = entry.location === undefined;
    const least = leastOwnerBytes(entry);
    const range = { offset: Math.max(0, least - 1), length: isLoose ? 2 : 1 };
    const options = { range, signal: this.#options.signal };
    const end = await this.#context.blobs.get(segmentOwnerKey(entry), options);
    if (end?.length === Math.min(1, least)) return undefined;
    if (end === undefined) {
      const what = entry.location?.kind === "pack" ? "pack of the segment" : "segment";
      return new VersionStoreError("data-integrity", `${what} is missing`);
    }
    const found = isListed ? ` found=${listedBytes}` : "";
    return new VersionStoreError(
      "data-integrity",
      isLoose
        ? `segment has another length wanted=${entry.length}${found}`
        : `pack of the segment is cut off wanted=${least}${found}`,
    );
  }

  async #verify(
    row: number,
    entry: SegmentEntry,
    { handler }: SegmentPlace,
  ): Promise<Error | undefined> {
    if (this.#options.level < 2) return undefined;
    const verifier = this.#options.verifiers.get(handler);
    if (verifier === undefined) {
      this.#unverified.set(handler, (this.#unverified.get(handler) ?? 0) + 1);
      return undefined;
    }
    const { signal } = this.#options;
    const options = { weight: Math.max(1, entry.length), signal };
    return this.#bytes.run(() => this.#readAndVerify(row, entry, verifier), options);
  }

  async #readAndVerify(
    row: number,
    entry: SegmentEntry,
    verifier: SegmentVerifier,
  ): Promise<Error | undefined> {
    const bytes = await this.#read(entry);
    if (bytes instanceof Error) return bytes;
    this.#verified += 1;
    this.#verifiedBytes += bytes.length;
    try {
      await verifier(bytes, entry);
    } catch (error) {
      return error as Error;
    }
    // A pack that was stored since the listing is checked the next time.
    if (this.#table.has(row, "listed")) {
      await this.#options.packs.check(entry, this.#table.lengthAt(row), bytes);
    }
    return undefined;
  }

  async #read(entry: SegmentEntry): Promise<Uint8Array | Error> {
    try {
      return await readSegment(this.#context, entry, { signal: this.#options.signal });
    } catch (error) {
      if (isDamage(error)) return error;
      throw error;
    }
  }
}
