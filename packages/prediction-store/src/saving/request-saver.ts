import type { Catalog, NewPrediction, SavedRequest } from "@foretile/catalog";
import type { CallOptions } from "@foretile/storage";
import type { Answer } from "../answer/answer.ts";
import type { ForecastRequest } from "../request/forecast-request.ts";
import { isPredictionStoreError, PredictionStoreError } from "../prediction-store-error.ts";
import { requestKey } from "../request/request-key.ts";
import type { PredictionStore } from "../store/prediction-store.ts";
import type { Publication } from "../store/publication.ts";
import { OpenSave, requestWaiting } from "./open-save.ts";
import { isOutage } from "./outage.ts";
import { networkTileKey, predictionRow, withoutTile, type TileKey } from "./prediction-row.ts";
import type { SpilledEntry, SpillEntry, SpillJournal } from "./spill-journal.ts";
import type { SpilledAnswer } from "./spill-records.ts";
import type { SpillWriter } from "./spill-writer.ts";

export interface RequestSaverOptions {
  readonly predictions: PredictionStore;
  /** Missing: requests are published and nothing else. */
  readonly catalog?: Pick<Catalog, "saveRequest"> | undefined;
  /** Missing: what cannot be saved is a failure. */
  readonly journal?: SpillJournal | undefined;
  /** Key of a miner's tile in the catalog. Default `BTC#1512475200#000042`, the row of the network's tables. */
  readonly tileKey?: TileKey | undefined;
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
  | { readonly status: "saved"; readonly version: number; readonly saved: SavedRequest | undefined }
  | { readonly status: "spilled"; readonly entry: SpillEntry; readonly cause: Error };

/** What became of a request of the journal. */
export type ReplayOutcome =
  | {
      readonly status: "saved";
      readonly entry: SpillEntry;
      readonly key: string;
      /** `undefined` without a catalog. */
      readonly saved: SavedRequest | undefined;
    }
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
  /** The keys of requests in the journal whose tiles wait there, `undefined` for other entries, by number. */
  readonly #waiting = new Map<number, string | undefined>();

  constructor(options: RequestSaverOptions) {
    this.#options = options;
  }

  /**
   * Saves a request, or keeps it. Repeating it after any failure is harmless. While older requests wait in the journal
   * newer ones are still saved directly; only another save of a request that waits there waits behind it.
   *
   * @throws what is wrong with the request itself, the signal's reason, and `journal-full` or `journal-failed` with what
   *   kept the request from being saved as their cause: only then it is lost unless the caller tries again
   */
  async save(toSave: RequestToSave, options?: CallOptions): Promise<SaveOutcome> {
    const { predictions, journal } = this.#options;
    const { request, requestedUnixSeconds, answers } = toSave;
    let publishedVersion: number | undefined;
    try {
      const key = requestKey(request);
      if (await this.#isWaiting(key)) throw requestWaiting(key);
      const rows: NewPrediction[] = [];
      const published = await predictions.publish(request, this.#noting(toSave, rows), options);
      publishedVersion = published.version;
      const saved = await this.#saveRows(toSave, publishedVersion, rows, options);
      return { status: "saved", version: publishedVersion, saved };
    } catch (cause) {
      if (journal === undefined || !isOutage(cause, options?.signal)) throw cause;
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

  /**
   * Begins to save a request whose answers come one by one. While the store is away, and there is a journal, it begins
   * there.
   *
   * @throws what is wrong with the request itself; the store's error when there is no journal, or it failed, too
   */
  async begin(toSave: Omit<RequestToSave, "answers">, options?: CallOptions): Promise<OpenSave> {
    const { catalog, journal, tileKey = networkTileKey } = this.#options;
    const { request, requestedUnixSeconds } = toSave;
    const key = requestKey(request);
    const publication = await this.#beginPublication(request, options);
    const spill = await this.#beginSpill(toSave);
    if (publication instanceof Error && spill instanceof Error) throw publication;
    const isWaiting = (): Promise<boolean> => this.#isWaiting(key);
    return new OpenSave({
      key,
      request,
      requestedUnixSeconds,
      publication,
      spill,
      catalog,
      journal,
      tileKey,
      isWaiting,
    });
  }

  async #beginPublication(
    request: ForecastRequest,
    options?: CallOptions,
  ): Promise<Publication | Error> {
    const { predictions, journal } = this.#options;
    try {
      return await predictions.begin(request, options);
    } catch (error) {
      if (journal === undefined || !isOutage(error, options?.signal)) throw error;
      return error;
    }
  }

  async #beginSpill({
    request,
    requestedUnixSeconds,
  }: Omit<RequestToSave, "answers">): Promise<SpillWriter | Error | undefined> {
    const spilled = { request, requestedUnixSeconds, publishedVersion: undefined };
    try {
      return await this.#options.journal?.begin(spilled);
    } catch (error) {
      return error as Error;
    }
  }

  /** Whether tiles of the request wait in the journal: what is published now would be replaced by them later. */
  async #isWaiting(key: string): Promise<boolean> {
    const { journal } = this.#options;
    for (const entry of (await journal?.entries()) ?? []) {
      if (!this.#waiting.has(entry.number)) {
        this.#waiting.set(entry.number, await this.#waitingKey(entry));
      }
      if (this.#waiting.get(entry.number) === key) return true;
    }
    return false;
  }

  async #waitingKey(entry: SpillEntry): Promise<string | undefined> {
    try {
      const spilled = await this.#options.journal?.read(entry);
      return spilled === undefined || spilled.publishedVersion !== undefined
        ? undefined
        : requestKey(spilled.request);
    } catch (error) {
      // Told by the next replay, which sets it aside.
      if (isPredictionStoreError(error)) return undefined;
      throw error;
    }
  }

  /**
   * Saves what is in the journal, in order, one after the other; ends when something is still away. Without a catalog
   * what waits for one stays there.
   */
  async *replay(options?: CallOptions): AsyncGenerator<ReplayOutcome, void, undefined> {
    const { journal } = this.#options;
    if (journal === undefined) return;
    for (const entry of await journal.entries()) {
      options?.signal?.throwIfAborted();
      const outcome = await this.#replayOutcome(journal, entry, options);
      if (outcome === undefined) continue;
      if (outcome.status === "saved") await journal.remove(entry);
      if (outcome.status === "refused") await journal.setAside(entry);
      yield outcome;
      if (outcome.status === "waiting") return;
    }
  }

  async #replayOutcome(
    journal: SpillJournal,
    entry: SpillEntry,
    options?: CallOptions,
  ): Promise<ReplayOutcome | undefined> {
    let spilled: SpilledEntry;
    try {
      spilled = await journal.read(entry);
      if (spilled.publishedVersion !== undefined && this.#options.catalog === undefined) {
        return undefined;
      }
      // Before anything is published: damage of the file, and of the store, would look alike afterwards.
      const reading = spilled.answers();
      while ((await reading.next()).done !== true) options?.signal?.throwIfAborted();
    } catch (error) {
      if (!isPredictionStoreError(error, "damaged", "format-too-new")) throw error;
      return { status: "refused", entry, error };
    }
    try {
      const saved = await this.#replayEntry(spilled, options);
      return { status: "saved", entry, key: requestKey(spilled.request), saved };
    } catch (error) {
      if (options?.signal?.aborted === true || !(error instanceof Error)) throw error;
      return { status: isOutage(error, undefined) ? "waiting" : "refused", entry, error };
    }
  }

  async #replayEntry(
    spilled: SpilledEntry,
    options?: CallOptions,
  ): Promise<SavedRequest | undefined> {
    const { predictions } = this.#options;
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
    return predictionRow(request, answer, this.#options.tileKey ?? networkTileKey);
  }

  async #saveRows(
    { request, requestedUnixSeconds }: Omit<RequestToSave, "answers">,
    version: number,
    predictions: readonly NewPrediction[],
    options?: CallOptions,
  ): Promise<SavedRequest | undefined> {
    return this.#options.catalog?.saveRequest(
      { request, requestedUnixSeconds, version, predictions },
      options,
    );
  }
}

async function* withoutTiles(
  answers: Iterable<Answer> | AsyncIterable<Answer>,
): AsyncGenerator<SpilledAnswer, void, undefined> {
  for await (const answer of answers) yield withoutTile(answer);
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
