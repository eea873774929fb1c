import { ScorerError } from "../scorer-error.ts";

/** Ten years of minutes; 20 bytes of memory each. */
const MAX_ROW_COUNT = 5_256_000;

/** Prices of one asset at whole seconds, each second at most once. Made by {@link PriceSeriesBuilder}. */
export class PriceSeries {
  readonly #unixSeconds: Float64Array;
  readonly #prices: Float64Array;
  /** How many rows said again what an earlier row had said. */
  readonly duplicateCount: number;
  /** Whether rows came in another order than that of time. */
  readonly wasOutOfOrder: boolean;

  /**
   * @param unixSeconds strictly ascending; not copied
   * @param prices positive and finite, as many; not copied
   */
  constructor(
    unixSeconds: Float64Array,
    prices: Float64Array,
    facts: { readonly duplicateCount: number; readonly wasOutOfOrder: boolean },
  ) {
    this.#unixSeconds = unixSeconds;
    this.#prices = prices;
    this.duplicateCount = facts.duplicateCount;
    this.wasOutOfOrder = facts.wasOutOfOrder;
  }

  /** How many seconds have a price; at least 1. */
  get length(): number {
    return this.#unixSeconds.length;
  }

  get firstUnixSeconds(): number {
    return this.#unixSeconds[0] ?? Number.NaN;
  }

  /** Inclusive. */
  get lastUnixSeconds(): number {
    return this.#unixSeconds[this.length - 1] ?? Number.NaN;
  }

  /**
   * The prices from `fromUnixSeconds` to `toUnixSeconds`, both inclusive, in order, and the one that follows: it tells
   * that the prices before it are final.
   */
  *rows(
    fromUnixSeconds: number,
    toUnixSeconds: number,
  ): Generator<{ readonly unixSeconds: number; readonly price: number }, void, undefined> {
    for (let index = this.#indexOf(fromUnixSeconds); index < this.length; index += 1) {
      const unixSeconds = this.#unixSeconds[index] ?? Number.NaN;
      yield { unixSeconds, price: this.#prices[index] ?? Number.NaN };
      if (unixSeconds > toUnixSeconds) return;
    }
  }

  /** Index of the first price at or after a second. */
  #indexOf(unixSeconds: number): number {
    let from = 0;
    let to = this.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#unixSeconds[middle] ?? Number.NaN) < unixSeconds) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Collects rows in any order, in bounded memory, and makes a {@link PriceSeries} of them. */
export class PriceSeriesBuilder {
  #unixSeconds = new Float64Array(4096);
  #prices = new Float64Array(4096);
  #lines = new Uint32Array(4096);
  #length = 0;
  #ascending = true;

  /**
   * @param line where the row stands, for messages
   * @throws {ScorerError} `price-file-too-large`
   */
  add(unixSeconds: number, price: number, line: number): void {
    const index = this.#length;
    if (index === MAX_ROW_COUNT) {
      throw new ScorerError("price-file-too-large", `too many prices maxRows=${MAX_ROW_COUNT}`);
    }
    if (index === this.#lines.length) this.#grow();
    if (index > 0 && unixSeconds < (this.#unixSeconds[index - 1] ?? 0)) this.#ascending = false;
    this.#unixSeconds[index] = unixSeconds;
    this.#prices[index] = price;
    this.#lines[index] = line;
    this.#length = index + 1;
  }

  /**
   * The rows in the order of time. The builder is not to be used afterwards.
   *
   * @throws {ScorerError} `price-file-empty` without a row, `price-conflict` for two prices of one second
   */
  build(): PriceSeries {
    if (this.#length === 0) throw new ScorerError("price-file-empty", "the file holds no prices");
    if (!this.#ascending) this.#sort();
    let kept = 0;
    for (let index = 1; index < this.#length; index += 1) {
      if (this.#unixSeconds[index] === this.#unixSeconds[kept]) {
        if (this.#prices[index] !== this.#prices[kept]) throw this.#conflict(kept, index);
        continue;
      }
      kept += 1;
      this.#move(index, kept);
    }
    const length = kept + 1;
    return new PriceSeries(this.#unixSeconds.slice(0, length), this.#prices.slice(0, length), {
      duplicateCount: this.#length - length,
      wasOutOfOrder: !this.#ascending,
    });
  }

  #grow(): void {
    const capacity = Math.min(this.#lines.length * 2, MAX_ROW_COUNT);
    this.#unixSeconds = withCapacity(this.#unixSeconds, new Float64Array(capacity));
    this.#prices = withCapacity(this.#prices, new Float64Array(capacity));
    this.#lines = withCapacity(this.#lines, new Uint32Array(capacity));
  }

  /** By time, rows of one second by line, so that a conflict names the earlier line first. */
  #sort(): void {
    const [seconds, prices, lines] = [this.#unixSeconds, this.#prices, this.#lines];
    const order = Uint32Array.from({ length: this.#length }, (_, index) => index);
    order.sort((a, b) => (seconds[a] ?? 0) - (seconds[b] ?? 0) || a - b);
    this.#unixSeconds = Float64Array.from(order, (index) => seconds[index] ?? 0);
    this.#prices = Float64Array.from(order, (index) => prices[index] ?? 0);
    this.#lines = Uint32Array.from(order, (index) => lines[index] ?? 0);
  }

  #move(from: number, to: number): void {
    this.#unixSeconds[to] = this.#unixSeconds[from] ?? 0;
    this.#prices[to] = this.#prices[from] ?? 0;
    this.#lines[to] = this.#lines[from] ?? 0;
  }

  #conflict(first: number, second: number): ScorerError {
    const [firstLine, line] = [this.#lines[first] ?? 0, this.#lines[second] ?? 0];
    return new ScorerError(
      "price-conflict",
      `two prices for one timestamp timestamp=${this.#unixSeconds[second]} ` +
        `line=${firstLine} price=${this.#prices[first]} line=${line} price=${this.#prices[second]}`,
      { details: { firstLine, line } },
    );
  }
}

function withCapacity<T extends Float64Array | Uint32Array>(values: T, larger: T): T {
  larger.set(values);
  return larger;
}
