import type { Catalog, NewPrediction, SavedRequest } from "@foretile/catalog";
import type { CallOptions } from "@foretile/storage";
import type { PackedAnswer } from "../answer/answer-packer.ts";
import type { Answer } from "../answer/answer.ts";
import { PredictionStoreError } from "../prediction-store-error.ts";
import type { ForecastRequest } from "../request/forecast-request.ts";
import { checkAnswer, type Publication, type PublishResult } from "../store/publication.ts";
import { isOutage } from "./outage.ts";
import { predictionRow, withoutTile, type TileKey } from "./prediction-row.ts";
import type { SpillEntry, SpillJournal } from "./spill-journal.ts";
import type { SpilledAnswer } from "./spill-records.ts";
import type { SpillWriter } from "./spill-writer.ts";

/** What became of a request whose answers came one by one. */
export type FinishOutcome =
  /** Published, and in the catalog where there is one. */
  | {
      readonly status: "saved";
      readonly published: PublishResult;
      readonly saved: SavedRequest | undefined;
    }
  /** Safe in the journal, and not published. */
  | {
      readonly status: "spilled";
      readonly published: undefined;
      readonly entry: SpillEntry;
      readonly cause: Error;
    }
  /** Published; what the catalog is to be told is safe in the journal. */
  | {
      readonly status: "spilled";
      readonly published: PublishResult;
      readonly entry: SpillEntry;
      readonly cause: Error;
    }
  /** Published, but nothing that the catalog takes. */
  | { readonly status: "refused"; readonly published: PublishResult; readonly error: Error };

export interface OpenSaveParts {
  readonly key: string;
  readonly request: ForecastRequest;
  readonly requestedUnixSeconds: number | undefined;
  /** The error when the store was away. */
  readonly publication: Publication | Error;
  readonly catalog: Pick<Catalog, "saveRequest"> | undefined;
  readonly journal: SpillJournal | undefined;
  /** The error when the journal could not begin, `undefined` without a journal. */
  readonly spill: SpillWriter | Error | undefined;
  readonly tileKey: TileKey;
  /** Whether an earlier save of the same request waits in the journal: this one must not overtake it. */
  readonly isWaiting: () => Promise<boolean>;
}

/**
 * One save of a request whose answers come one by one, and come only once. With a journal each answer is written there
 * beside the store, unflushed, and forgotten when the request is published; when the store goes away meanwhile, the rest
 * goes to the journal alone.
 */
export class OpenSave {
  readonly key: string;
  readonly request: ForecastRequest;
  readonly #parts: OpenSaveParts;
  readonly #spill: SpillWriter | undefined;
  readonly #answers = new Map<number, { readonly turn: number; readonly answer: SpilledAnswer }>();
  #turns = 0;
  #storeFailure: Error | undefined;
  #spillFailure: Error | undefined;
  #published: PublishResult | undefined;
  readonly #underWay = new Set<Promise<void>>();
  #finishing = false;
  #ended = false;

  /** Made by `RequestSaver.begin`. */
  constructor(parts: OpenSaveParts) {
    this.#parts = parts;
    this.key = parts.key;
    this.request = parts.request;
    if (parts.publication instanceof Error) this.#storeFailure = parts.publication;
    if (parts.spill instanceof Error) this.#spillFailure = parts.spill;
    else this.#spill = parts.spill;
  }

  /** Whether it can still be finished. */
  get isOpen(): boolean {
    if (this.#ended) return false;
    const { publication } = this.#parts;
    return this.#storeFailure !== undefined || this.#published !== undefined
      ? true
      : !(publication instanceof Error) && publication.isOpen;
  }

  /** Why the journal could not take this request: it is lost if the store goes away now. */
  get spillFailure(): Error | undefined {
    return this.#spillFailure;
  }

  /** Whether it takes packed answers, too: a journal keeps tiles. */
  get takesPacked(): boolean {
    return this.#spill === undefined;
  }

  /**
   * Adds a miner's answer; of several the last counts. Resolves when the store has it, or, while the store is away, the
   * journal.
   *
   * @throws {PredictionStoreError} `invalid-answer`, `publication-closed`; the store's error when nothing took it
   */
  async put(answer: Answer | PackedAnswer, options?: CallOptions): Promise<void> {
    if (this.#ended || this.#finishing || this.#published !== undefined) throw closed(this.key);
    checkAnswer(answer, this.request);
    if (!isUnpacked(answer) && !this.takesPacked) {
      throw new PredictionStoreError(
        "invalid-answer",
        `a journal does not take packed answers miner_id=${answer.minerId}`,
      );
    }
    const work = this.#put(answer, options);
    this.#underWay.add(work);
    try {
      await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async #put(answer: Answer | PackedAnswer, options?: CallOptions): Promise<void> {
    const { publication } = this.#parts;
    const turn = this.#turns;
    this.#turns += 1;
    const kept = this.#keep(answer);
    if (this.#storeFailure === undefined && !(publication instanceof Error)) {
      try {
        await publication.put(answer, options);
      } catch (error) {
        await this.#storeFailed(error, await kept, options?.signal);
      }
      // The store has it; the journal is of no use to this request any more.
      if (this.#storeFailure === undefined && this.#spill !== undefined) {
        this.#spillFailure ??= await kept;
      }
    } else {
      const failure = this.#spillFailure ?? (await kept);
      if (failure !== undefined) throw withJournal(failure, this.#storeFailure);
    }
    const earlier = this.#answers.get(answer.minerId);
    if (earlier !== undefined && earlier.turn > turn) return;
    this.#answers.set(answer.minerId, { turn, answer: withoutTile(answer) });
  }

  /**
   * Saves what was added, after answers under way: published, then catalogued, or kept in the journal. When it fails and
   * {@link isOpen}, it may be called again.
   *
   * @throws what is wrong with the request; the store's or the catalog's error when the journal does not take it
   */
  async finish(options?: CallOptions): Promise<FinishOutcome> {
    if (!this.isOpen || this.#finishing) throw closed(this.key);
    this.#finishing = true;
    try {
      await Promise.allSettled(this.#underWay);
      return await this.#finish(options);
    } finally {
      this.#finishing = false;
    }
  }

  async #finish(options?: CallOptions): Promise<FinishOutcome> {
    if (this.#published === undefined) {
      const spilled = await this.#publish(options);
      if (spilled !== undefined) return spilled;
    }
    const published = this.#published;
    if (published === undefined) throw closed(this.key);
    const outcome = await this.#catalogue(published, options);
    this.#ended = true;
    await this.#forget();
    return outcome;
  }

  /** Lets go of everything. */
  async abandon(): Promise<void> {
    const { publication } = this.#parts;
    this.#ended = true;
    await Promise.allSettled(this.#underWay);
    await this.#forget();
    if (!(publication instanceof Error)) await publication.abandon();
  }

  /** @returns what became of it when it was not published */
  async #publish(options?: CallOptions): Promise<FinishOutcome | undefined> {
    const { publication, isWaiting } = this.#parts;
    let cause = this.#storeFailure;
    if (cause === undefined && this.#spill !== undefined && (await isWaiting())) {
      cause = requestWaiting(this.key);
    }
    if (cause === undefined && !(publication instanceof Error)) {
      try {
        this.#published = await publication.publish(options);
        return undefined;
      } catch (error) {
        const canSpill = this.#spill !== undefined && this.#spillFailure === undefined;
        if (!canSpill || !isOutage(error, options?.signal)) throw error;
        cause = error;
      }
    }
    return this.#seal(cause ?? closed(this.key));
  }

  async #seal(cause: Error): Promise<FinishOutcome> {
    const { publication } = this.#parts;
    if (this.#spill === undefined || this.#spillFailure !== undefined) {
      throw withJournal(this.#spillFailure, cause);
    }
    let entry: SpillEntry;
    try {
      entry = await this.#spill.seal();
    } catch (error) {
      throw withJournal(error as Error, cause);
    }
    this.#ended = true;
    // The journal has all of it; a store that is away cannot be tidied up.
    if (!(publication instanceof Error)) await publication.abandon().catch(() => undefined);
    return { status: "spilled", published: undefined, entry, cause };
  }

  async #catalogue(published: PublishResult, options?: CallOptions): Promise<FinishOutcome> {
    const { catalog, journal, request, requestedUnixSeconds } = this.#parts;
    if (catalog === undefined) return { status: "saved", published, saved: undefined };
    const { version } = published;
    try {
      const save = { request, requestedUnixSeconds, version, predictions: this.#rows() };
      return { status: "saved", published, saved: await catalog.saveRequest(save, options) };
    } catch (error) {
      if (options?.signal?.aborted === true || !(error instanceof Error)) throw error;
      if (!isOutage(error, undefined)) return { status: "refused", published, error };
      if (journal === undefined) throw error;
      const spilled = { request, requestedUnixSeconds, publishedVersion: version };
      const answers = [...this.#answers.values()].map(({ answer }) => answer);
      try {
        const entry = await journal.append(spilled, answers, options);
        return { status: "spilled", published, entry, cause: error };
      } catch (failure) {
        throw withJournal(failure as Error, error);
      }
    }
  }

  #rows(): NewPrediction[] {
    const { request, tileKey } = this.#parts;
    return [...this.#answers.values()].map(({ answer }) => predictionRow(request, answer, tileKey));
  }

  /** @returns why the journal does not have the answer, too */
  async #keep(answer: Answer | PackedAnswer): Promise<Error | undefined> {
    if (this.#spill === undefined || !isUnpacked(answer))
      return this.#spillFailure ?? withoutJournal(this.key);
    if (this.#spillFailure !== undefined) return this.#spillFailure;
    try {
      await this.#spill.add(answer);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  async #storeFailed(
    error: unknown,
    notKept: Error | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (!isOutage(error, signal) || this.#spill === undefined) throw error;
    const failure = notKept ?? this.#spillFailure;
    if (failure !== undefined) throw withJournal(failure, error);
    this.#storeFailure ??= error;
  }

  async #forget(): Promise<void> {
    // A file that cannot be removed is removed when the journal is opened.
    await this.#spill?.discard().catch(() => undefined);
  }
}

function isUnpacked(answer: Answer | PackedAnswer): answer is Answer {
  return answer.outcome.status !== "packed";
}

function withoutJournal(key: string): PredictionStoreError {
  return new PredictionStoreError("journal-failed", `there is no journal key=${key}`);
}

/** The cause of a save that is kept behind an earlier one of the same request. */
export function requestWaiting(key: string): PredictionStoreError {
  return new PredictionStoreError(
    "request-waiting",
    `an earlier save of the request waits in the journal key=${key}`,
    { retry: "safe" },
  );
}

function closed(key: string): PredictionStoreError {
  return new PredictionStoreError(
    "publication-closed",
    `the request was saved or abandoned before key=${key}`,
  );
}

/** What kept a request from being saved, or why the journal did not take it either. */
function withJournal(spillFailure: Error | undefined, cause: Error | undefined): Error {
  if (!(spillFailure instanceof PredictionStoreError)) return cause ?? closed("unknown");
  const { code, message, retry } = spillFailure;
  return new PredictionStoreError(code, message, { cause, retry });
}
