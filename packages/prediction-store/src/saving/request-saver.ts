import {
  VALID_FORMAT,
  type Catalog,
  type NewPrediction,
  type SavedRequest,
} from "@foretile/catalog";
import { predictionKey } from "@foretile/keyspace";
import type { CallOptions } from "@foretile/storage";
import type { Answer } from "../answer/answer.ts";
import type { ForecastRequest } from "../request/forecast-request.ts";
import { isPredictionStoreError, PredictionStoreError } from "../prediction-store-error.ts";
import type { PredictionStore } from "../store/prediction-store.ts";
import type { SpillEntry, SpillJournal } from "./spill-journal.ts";
import type { SpilledAnswer } from "./spill-records.ts";

export interface RequestSaverOptions {
  readonly predictions: PredictionStore;
  readonly catalog: Catalog;
  readonly journal: SpillJournal;
  /** Key of a miner's tile in the catalog. Default `BTC#1512475200#000042`, the row of the network's tables. */
  readonly tileKey?: ((request: ForecastRequest, minerId: number) => string) | undefined;
}

export interface RequestToSave {
  readonly request: ForecastRequest;
  /** When the prompt was sent, whole seconds since 1970. */
  readonly requestedUnixSeconds?: number | undefined;
  /** Gives the answers, from the first one, each time it is called: what was begun may have to be kept elsewhere. */
  readonly answers: () => Iterable<Answer> | AsyncIterable<Answer>;
}

/** What became of a request: it is visible everywhere, or it is safe in the journal. */
export type SaveOutcome =
  | { readonly status: "saved"; readonly version: number; readonly saved: SavedRequest }
  | { readonly status: "spilled"; readonly entry: SpillEntry; readonly cause: Error };

/** What became of a request of the journal. */
export type ReplayOutcome =
  | { readonly status: "saved"; readonly entry: SpillEntry; readonly saved: SavedRequest }
  /** It can never be saved: its file was set aside. */
  | { readonly status: "refused"; readonly entry: SpillEntry; readonly error: Error }
  /** Store, catalog or journal are away; the replay has ended, and goes on from here the next time. */
  | { readonly status: "waiting"; readonly entry: SpillEntry; readonly error: Error };

/**
 * Saves requests end to end: tiles and version first, then the catalog, so that no reader finds a key without its bytes.
 * When the store or the catalog is away, the request goes to the journal and is replayed later.
 */
export class RequestSaver {
  readonly #options: RequestSaverOptions;

  constructor(options: RequestSaverOptions) {
    this.#options = options;
  }

  /**
   * Saves a request, or keeps it. Repeating it after any failure is harmless. While older requests wait in the journal
   * newer ones are still saved directly: requests do not depend on each other.
   *
   * @throws what is wrong with the request itself, the signal's reason, and `journal-full` or `journal-failed` with what
   *   kept the request from being saved as their cause: only then it is lost unless the caller tries again
   */
  async save(toSave: RequestToSave, options?: CallOptions): Promise<SaveOutcome> {
    const { predictions, journal } = this.#options;
    const { request, requestedUnixSeconds, answers } = toSave;
    let publishedVersion: number | undefined;
    try {
      const rows: NewPrediction[] = [];
      const published = await predictions.publish(request, this.#noting(toSave, rows), options);
      publishedVersion = published.version;
      const saved = await this.#saveRows(toSave, publishedVersion, rows, options);
      return { status: "saved", version: publishedVersion, saved };
    } catch (cause) {
      if (!isOutage(cause, options?.signal)) throw cause;
      const spilled = { request, requestedUnixSeconds, publishedVersion };
      try {
        const kept = publishedVersion === undefined ? answers() : withoutTiles(answers());
        return { status: "spilled", entry: await journal.append(spilled, kept, options), cause };
      } catch (error) {
        if (!(error instanceof PredictionStoreError)) throw error;
        throw new PredictionStoreError(error.code, error.message, { cause, retry: error.retry });
      }
    }
  }

  /** Saves what is in the journal, in order, one after the other; ends when something is still away. */
  async *replay(options?: CallOptions): AsyncGenerator<ReplayOutcome, void, undefined> {
    const { journal } = this.#options;
    for (const entry of await journal.entries()) {
      options?.signal?.throwIfAborted();
      const outcome = await this.#replayOutcome(entry, options);
      if (outcome.status === "saved") await journal.remove(entry);
      if (outcome.status === "refused") await journal.setAside(entry);
      yield outcome;
      if (outcome.status === "waiting") return;
    }
  }

  async #replayOutcome(entry: SpillEntry, options?: CallOptions): Promise<ReplayOutcome> {
    try {
      // Before anything is published: damage of the file, and of the store, would look alike afterwards.
      const { answers } = await this.#options.journal.read(entry);
      const reading = answers();
      while ((await reading.next()).done !== true) options?.signal?.throwIfAborted();
    } catch (error) {
      if (!isPredictionStoreError(error, "damaged", "format-too-new")) throw error;
      return { status: "refused", entry, error };
    }
    try {
      return { status: "saved", entry, saved: await this.#replayEntry(entry, options) };
    } catch (error) {
      if (options?.signal?.aborted === true || !(error instanceof Error)) throw error;
      return { status: isOutage(error, undefined) ? "waiting" : "refused", entry, error };
    }
  }

  async #replayEntry(entry: SpillEntry, options?: CallOptions): Promise<SavedRequest> {
    const { predictions, journal } = this.#options;
    const spilled = await journal.read(entry);
    const rows: NewPrediction[] = [];
    if (spilled.publishedVersion !== undefined) {
      for await (const answer of spilled.answers()) rows.push(this.#row(spilled.request, answer));
      return this.#saveRows(spilled, spilled.publishedVersion, rows, options);
    }
    const toSave = { ...spilled, answers: () => withTiles(spilled.answers()) };
    const { version } = await predictions.publish(
      spilled.request,
      this.#noting(toSave, rows),
      options,
    );
    return this.#saveRows(toSave, version, rows, options);
  }

  /** Passes answers on and notes what the catalog is told of each; a later answer of a miner replaces an earlier one. */
  async *#noting(
    { request, answers }: RequestToSave,
    rows: NewPrediction[],
  ): AsyncGenerator<Answer, void, undefined> {
    for await (const answer of answers()) {
      const row = this.#row(request, answer);
      const earlier = rows.findIndex(({ minerId }) => minerId === row.minerId);
      if (earlier === -1) rows.push(row);
      else rows[earlier] = row;
      yield answer;
    }
  }

  #row(request: ForecastRequest, answer: SpilledAnswer): NewPrediction {
    const { minerId, minerUid, processTimeSeconds, outcome } = answer;
    const { tileKey = defaultTileKey } = this.#options;
    return {
      minerId,
      minerUid,
      processTimeSeconds,
      formatValidation: outcome.status === "invalid" ? outcome.message : VALID_FORMAT,
      tileKey: outcome.status === "invalid" ? undefined : tileKey(request, minerId),
    };
  }

  #saveRows(
    { request, requestedUnixSeconds }: Omit<RequestToSave, "answers">,
    version: number,
    predictions: readonly NewPrediction[],
    options?: CallOptions,
  ): Promise<SavedRequest> {
    return this.#options.catalog.saveRequest(
      { request, requestedUnixSeconds, version, predictions },
      options,
    );
  }
}

function defaultTileKey({ asset, startUnixSeconds }: ForecastRequest, minerId: number): string {
  return predictionKey({ asset, startUnixSeconds, minerId });
}

/** What is wrong with the request itself stays wrong; anything else may pass. */
const ownFaults = new Set([
  "invalid-request",
  "invalid-answer",
  "invalid-argument",
  "invalid-label",
  "request-mismatch",
  "ambiguous-request",
  "unknown-label",
  "publication-closed",
]);

function isOutage(error: unknown, signal: AbortSignal | undefined): error is Error {
  if (signal?.aborted === true || !(error instanceof Error) || !("code" in error)) return false;
  return !ownFaults.has(String(error.code));
}

async function* withoutTiles(
  answers: Iterable<Answer> | AsyncIterable<Answer>,
): AsyncGenerator<SpilledAnswer, void, undefined> {
  for await (const answer of answers) {
    const isValid = answer.outcome.status === "valid";
    yield isValid ? { ...answer, outcome: { status: "published" } } : answer;
  }
}

async function* withTiles(
  answers: AsyncIterable<SpilledAnswer>,
): AsyncGenerator<Answer, void, undefined> {
  for await (const { outcome, ...facts } of answers) {
    if (outcome.status === "published") {
      throw new PredictionStoreError(
        "damaged",
        `spilled answer has no tile miner=${facts.minerId}`,
      );
    }
    yield { ...facts, outcome };
  }
}
