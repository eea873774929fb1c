import type { ScoringJob, TileOutcome } from "./tile-scorer.ts";

const STATUS = 0;
const TOTAL = 1;
const FIELDS = 2;

// The status of a tile that nobody has scored is 0.
const SCORED = 1;
const ZERO_PRICE = 2;
const NOT_FINITE = 3;
const DAMAGED = 4;

type Scored = Extract<TileOutcome, { readonly status: "scored" }>;

/**
 * What becomes of the tiles of a request, in memory that threads share: for each tile a float64 status, total and sum
 * per interval. Sums are finite; NaN stands for an interval that the tile has no sum of. What is wrong with a damaged
 * tile is not among them.
 */
export class SharedScores {
  /** Pass it to a thread and make its view with the constructor. */
  readonly memory: SharedArrayBuffer;
  readonly #values: Float64Array<SharedArrayBuffer>;
  readonly #intervals: readonly string[];

  /** @param job whose tiles they are */
  constructor({ intervals }: Pick<ScoringJob, "intervals">, memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#values = new Float64Array(memory);
    this.#intervals = Object.keys(intervals);
  }

  static create(job: Pick<ScoringJob, "intervals">, tileCount: number): SharedScores {
    const fields = FIELDS + Object.keys(job.intervals).length;
    const bytes = tileCount * fields * Float64Array.BYTES_PER_ELEMENT;
    return new SharedScores(job, new SharedArrayBuffer(bytes));
  }

  /** @param tile its number in the request */
  write(tile: number, outcome: TileOutcome): void {
    const row = this.#row(tile);
    row[STATUS] = statusOf(outcome);
    if (outcome.status !== "scored") return;
    row[TOTAL] = outcome.crps;
    for (const [index, name] of this.#intervals.entries()) {
      row[FIELDS + index] = outcome.intervals[name] ?? Number.NaN;
    }
  }

  /**
   * @param tile its number in the request
   * @param message what is wrong with it, if it is damaged
   * @returns `undefined` when nobody has scored it
   */
  read(tile: number, minerId: number, message = ""): TileOutcome | undefined {
    const row = this.#row(tile);
    const status = row[STATUS];
    if (status === SCORED) {
      const crps = row[TOTAL] as number;
      return { status: "scored", minerId, crps, intervals: this.#sums(row) };
    }
    if (status === ZERO_PRICE) return { status: "invalid", minerId, reason: "zero_price" };
    if (status === NOT_FINITE) return { status: "invalid", minerId, reason: "score_not_finite" };
    return status === DAMAGED ? { status: "damaged", minerId, message } : undefined;
  }

  #row(tile: number): Float64Array {
    const fields = FIELDS + this.#intervals.length;
    return this.#values.subarray(tile * fields, (tile + 1) * fields);
  }

  #sums(row: Float64Array): Scored["intervals"] {
    const sums = this.#intervals.map(
      (name, index) => [name, row[FIELDS + index] as number] as const,
    );
    return Object.fromEntries(sums.filter(([, sum]) => !Number.isNaN(sum)));
  }
}

function statusOf(outcome: TileOutcome): number {
  if (outcome.status === "scored") return SCORED;
  if (outcome.status === "damaged") return DAMAGED;
  return outcome.reason === "zero_price" ? ZERO_PRICE : NOT_FINITE;
}
