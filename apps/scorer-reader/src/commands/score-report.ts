import {
  describeError,
  EXIT,
  formatCount,
  type ProgramContext,
  writeJsonLine,
  writeText,
} from "@foretile/app-kit";

import type { CatalogScores } from "../catalog/write-catalog-scores.ts";
import type { Reporter } from "../output/reporter.ts";
import { scoreLines } from "../output/score-lines.ts";
import { scoreTable } from "../output/score-table.ts";
import type { PriceSeries } from "../prices/price-series.ts";
import type { RequestOutcome } from "../request/request-outcome.ts";

/** Says what becomes of the requests as it happens, and sets the exit code: damage outweighs what is left for later. */
export class ScoreReport {
  readonly #context: ProgramContext;
  readonly #reporter: Reporter;
  readonly #json: boolean;
  readonly #startMs: number;
  #tileCount = 0;
  #scoredCount = 0;
  #knownCount = 0;
  #leftCount = 0;
  /** Requests with scores that the catalog or the traces did not take. */
  #outsideCount = 0;
  #damaged = false;

  constructor(context: ProgramContext, reporter: Reporter, options: { readonly json: boolean }) {
    this.#context = context;
    this.#reporter = reporter;
    this.#json = options.json;
    this.#startMs = context.clock.monotonicMs();
  }

  /** Mentions what is odd about a price file though it can be used. */
  async prices(series: PriceSeries): Promise<void> {
    if (series.wasOutOfOrder) {
      await this.#reporter.warn("prices were out of order and have been sorted", {
        prices: series.length,
      });
    }
    if (series.duplicateCount > 0) {
      this.#reporter.info("prices were repeated", { repeated: series.duplicateCount });
    }
  }

  async damagedHeads(errors: readonly Error[]): Promise<void> {
    for (const error of errors) {
      this.#damaged = true;
      await this.#reporter.warn("not scored, damaged", { error: error.message });
    }
  }

  /** A row whose key is no prediction's. */
  async foreignRow(key: string): Promise<void> {
    await this.#reporter.warn("no prediction's key is skipped", { key: key });
  }

  scoredTiles(count: number, key: string): void {
    this.#tileCount += count;
    this.#reporter.progress(this.#tileCount, key);
  }

  async request(outcome: RequestOutcome): Promise<void> {
    const { stdout } = this.#context;
    if (outcome.status === "left") {
      this.#leftCount += 1;
      const { key, reason } = outcome;
      await this.#reporter.warn(`not scored, left for later: ${reason}`, { request: key });
      return;
    }
    if (outcome.status === "damaged") {
      this.#damaged = true;
      const { key, message } = outcome;
      await this.#reporter.warn(`not scored, damaged: ${message}`, { request: key });
      return;
    }
    const { scores, origin, damagedTiles, catalogued, traceError } = outcome;
    await this.#catalogued(scores.requestKey, catalogued);
    await this.#traced(scores.requestKey, traceError);
    if (origin === "known") this.#knownCount += 1;
    else this.#scoredCount += 1;
    for (const { minerId, message } of damagedTiles) {
      this.#damaged = true;
      await this.#reporter.warn(`tile not scored, damaged: ${message}`, {
        request: scores.requestKey,
        miner_id: minerId,
      });
    }
    this.#reporter.clear();
    if (this.#json) for (const line of scoreLines(scores)) await writeJsonLine(stdout, line);
    else await writeText(stdout, `${scoreTable(scores)}\n`);
  }

  /** The scores are stored: only who reads the traces misses them, until the next run. */
  async #traced(request: string, error: Error | undefined): Promise<void> {
    if (error === undefined) return;
    this.#outsideCount += 1;
    const { message } = describeError(error);
    await this.#reporter.warn(`scored and stored, but not in the traces: ${message}`, { request });
  }

  /** A miner that the catalog does not know, or a request, is left for whoever keeps the catalog. */
  async #catalogued(request: string, catalogued: CatalogScores | undefined): Promise<void> {
    if (catalogued?.status === "no-such-request") {
      this.#outsideCount += 1;
      await this.#reporter.warn("scored, but the catalog does not have the request", { request });
    }
    if (catalogued?.status !== "written" || catalogued.refused.length === 0) return;
    this.#outsideCount += 1;
    for (const { minerId, message } of catalogued.refused) {
      const fields = { request, miner_id: minerId };
      await this.#reporter.warn(`score not in the catalog: ${message}`, fields);
    }
  }

  /** The last line for people, and the exit code. */
  async end(): Promise<void> {
    const seconds = (this.#context.clock.monotonicMs() - this.#startMs) / 1000;
    const facts = {
      requests: this.#scoredCount,
      tiles: this.#tileCount,
      scored_before: this.#knownCount,
      left_for_later: this.#leftCount,
    };
    this.#reporter.info("scoring is done", { ...facts, seconds });
    this.#reporter.clear();
    if (!this.#json) await writeText(this.#context.stdout, `${this.#summary()}\n`);
    if (this.#damaged) this.#context.exitCode = EXIT.damaged;
    else if (this.#leftCount + this.#outsideCount > 0) this.#context.exitCode = EXIT.incomplete;
  }

  #summary(): string {
    const parts = [
      `${formatCount(this.#scoredCount)} requests scored with ${formatCount(this.#tileCount)} tiles`,
      `${formatCount(this.#knownCount)} scored before`,
      `${formatCount(this.#leftCount)} left for later`,
    ];
    return parts.join(", ");
  }
}
