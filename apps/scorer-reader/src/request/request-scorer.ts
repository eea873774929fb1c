import { describeError, EXIT, exitCodeOf, type OpenedPredictions } from "@foretile/app-kit";
import type { Catalog } from "@foretile/catalog";
import type { LabelConfig, PredictionStore, ScoreSet, TileRun } from "@foretile/prediction-store";

import { writeCatalogScores } from "../catalog/write-catalog-scores.ts";
import type { PriceSeries } from "../prices/price-series.ts";
import type { TileOutcome, TileScorer } from "../tiles/tile-scorer.ts";
import { TraceUpdater } from "../traces/trace-updater.ts";
import { planRequest, type PlanRequestParts, type RequestPlan } from "./plan-request.ts";
import type { DamagedTile, RequestOutcome } from "./request-outcome.ts";
import { makeScoreSet } from "./score-set.ts";
import { tileGroups } from "./tile-groups.ts";

/** Little beside what the process takes by itself, and still a second of scoring or more between two openings. */
const MAX_BYTES_PER_OPENING = 128 * 1024 * 1024;

export interface RequestScorerParts {
  /** Opens the store, for writing when scores are stored. Called again whenever it was closed in between. */
  readonly open: (signal: AbortSignal | undefined) => Promise<OpenedPredictions>;
  /** Opens the catalog of an opened store, for writing. Missing: there is none. */
  readonly openCatalog?: ((opened: OpenedPredictions) => Promise<Catalog>) | undefined;
  /** Reads the same store. Stays the caller's to dispose. */
  readonly tiles: TileScorer;
  readonly prices: PriceSeries;
  readonly labels: readonly LabelConfig[];
  /** Program and release, stored with the scores. */
  readonly scoredBy: string;
  /** Whether scores are stored, and written to the catalog. */
  readonly store: boolean;
  /** Whether scores that are stored already are computed again. */
  readonly rescore: boolean;
  /**
   * Stored bytes of tiles that are read before the store is closed, here and in `tiles`, and opened again. Default: 128
   * MiB.
   */
  readonly maxBytesPerOpening?: number | undefined;
}

export interface ScoreRequestOptions {
  /** Default: the newest. Scores of an older version are never stored: they would hide those of the newest. */
  readonly version?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many more tiles are done. */
  readonly onScored?: ((count: number) => void) | undefined;
}

/**
 * Scores requests of one asset, one after the other, and stores the scores. Memory grows neither with the number of
 * requests nor with that of their tiles: what was read of a store in a file counts as the process's memory for as long
 * as anybody in it has the store open, so that every now and then all close it.
 *
 * Disposing it closes the store.
 */
export class RequestScorer implements AsyncDisposable {
  readonly #parts: RequestScorerParts;
  readonly #planParts: PlanRequestParts;
  readonly #maxBytes: number;
  #opened: OpenedPredictions | undefined;
  #catalog: Catalog | undefined;
  #traces: TraceUpdater | undefined;
  /** Of tiles, since the store was closed everywhere. */
  #readBytes = 0;

  constructor(parts: RequestScorerParts) {
    const { prices, scoredBy, rescore, maxBytesPerOpening = MAX_BYTES_PER_OPENING } = parts;
    const labels = new Map(parts.labels.map((config) => [config.label, config]));
    this.#parts = parts;
    this.#planParts = { prices, labels, scoredBy, rescore };
    this.#maxBytes = maxBytesPerOpening;
  }

  /**
   * Scores one request. Damage is an outcome; so is whatever keeps the request for later.
   *
   * @throws {PredictionStoreError} `no-such-request`; other failures of the store; the signal's reason
   */
  async score(key: string, options: ScoreRequestOptions = {}): Promise<RequestOutcome> {
    const predictions = await this.#open(options.signal);
    try {
      const plan = await planRequest(predictions, key, this.#planParts, options);
      const outcome = plan.status === "planned" ? await this.#carryOut(plan, options) : plan;
      return await this.#withCatalog(await this.#withTraces(outcome, options), options);
    } catch (error) {
      if (exitCodeOf(error) !== EXIT.damaged) throw error;
      return { status: "damaged", key, message: describeError(error).message };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [opened, catalog] = [this.#opened, this.#catalog];
    this.#opened = undefined;
    this.#catalog = undefined;
    this.#traces = undefined;
    await catalog?.close();
    await opened?.[Symbol.asyncDispose]();
  }

  async #carryOut(plan: RequestPlan, options: ScoreRequestOptions): Promise<RequestOutcome> {
    const { prices } = plan.job;
    if (plan.known !== undefined) {
      const { scores, damagedMinerIds } = plan.known;
      const runs = runsOf(plan.runs, damagedMinerIds);
      const damagedTiles = damagedOf(await this.#scoreTiles({ ...plan, runs }, options));
      // Nothing was repaired: the other tiles would only give the same scores again.
      if (damagedTiles.length === damagedMinerIds.size) {
        return { status: "scored", scores, origin: "known", prices, damagedTiles };
      }
    }
    const outcomes = await this.#scoreTiles(plan, options);
    const scores = makeScoreSet(plan.published, outcomes, plan.facts);
    if (this.#parts.store) await this.#write(scores, options);
    const damagedTiles = damagedOf(outcomes);
    return { status: "scored", scores, origin: "computed", prices, damagedTiles };
  }

  /** Also what is known: an earlier run may have ended between storing and tracing it. */
  async #withTraces(
    outcome: RequestOutcome,
    { signal }: ScoreRequestOptions,
  ): Promise<RequestOutcome> {
    if (outcome.status !== "scored" || !this.#parts.store) return outcome;
    await this.#open(signal);
    if (this.#opened === undefined) return outcome;
    this.#traces ??= new TraceUpdater(this.#opened);
    const traceError = await this.#traces.update(outcome.scores.requestKey, signal);
    return { ...outcome, traceError };
  }

  /** Also what is known: the catalog may have been away when it was computed. */
  async #withCatalog(
    outcome: RequestOutcome,
    { signal }: ScoreRequestOptions,
  ): Promise<RequestOutcome> {
    const { store, openCatalog } = this.#parts;
    if (outcome.status !== "scored" || !store || openCatalog === undefined) return outcome;
    await this.#open(signal);
    if (this.#opened === undefined) return outcome;
    this.#catalog ??= await openCatalog(this.#opened);
    const { scores, prices, origin } = outcome;
    const options = { prices, isKnown: origin === "known", signal };
    return { ...outcome, catalogued: await writeCatalogScores(this.#catalog, scores, options) };
  }

  async #scoreTiles(
    { job, runs: planned }: RequestPlan,
    options: ScoreRequestOptions,
  ): Promise<readonly TileOutcome[]> {
    const outcomes: TileOutcome[] = [];
    for (const { runs, storedBytes } of tileGroups(planned, this.#maxBytes)) {
      if (this.#readBytes + storedBytes > this.#maxBytes) await this.#closeEverywhere();
      this.#readBytes += storedBytes;
      outcomes.push(...(await this.#parts.tiles.score(job, runs, options)));
    }
    return outcomes;
  }

  async #write(scores: ScoreSet, { version, signal }: ScoreRequestOptions): Promise<void> {
    const predictions = await this.#open(signal);
    const isNewest =
      version === undefined ||
      (await predictions.read(scores.requestKey, { signal })).version === version;
    if (isNewest) await predictions.writeScores(scores, { signal });
  }

  async #open(signal: AbortSignal | undefined): Promise<PredictionStore> {
    this.#opened ??= await this.#parts.open(signal);
    return this.#opened.predictions;
  }

  async #closeEverywhere(): Promise<void> {
    this.#readBytes = 0;
    await this[Symbol.asyncDispose]();
    await this.#parts.tiles.release();
  }
}

/** The runs of some miners' tiles. */
function runsOf(runs: readonly TileRun[], minerIds: ReadonlySet<number>): readonly TileRun[] {
  return runs
    .map((run) => ({ ...run, minerIds: run.minerIds.filter((minerId) => minerIds.has(minerId)) }))
    .filter((run) => run.minerIds.length > 0);
}

function damagedOf(outcomes: readonly TileOutcome[]): readonly DamagedTile[] {
  return outcomes
    .filter((outcome) => outcome.status === "damaged")
    .sort((left, right) => left.minerId - right.minerId);
}
