import { POINT } from "@foretile/trace-store";

import type { FoundPoint } from "./each-point.ts";
import type { PointValue } from "./point-value.ts";

/** What there is of one series; takes its points in order of positions. */
export class SeriesSummary {
  /** Positions of the first and the newest point, of whatever state. */
  first = Infinity;
  newest = 0;
  values = 0;
  invalid = 0;
  deleted = 0;
  /** Values that are the same as the one before. */
  repeated = 0;
  /** Of numbers. */
  min: number | undefined;
  max: number | undefined;
  /** The newest value. */
  last: PointValue | undefined;
  #mean = 0;

  /** Of numbers; `undefined` without any. */
  get mean(): number | undefined {
    return this.min === undefined ? undefined : this.#mean;
  }

  add({ position, state, value }: FoundPoint): void {
    this.first = Math.min(this.first, position);
    this.newest = Math.max(this.newest, position);
    if (state === POINT.invalid) this.invalid += 1;
    else if (state === POINT.deleted) this.deleted += 1;
    if (value === undefined) return;
    this.values += 1;
    if (this.last !== undefined && isSame(this.last, value)) this.repeated += 1;
    this.last = typeof value === "number" ? value : value.slice();
    if (typeof value !== "number") return;
    this.min = Math.min(this.min ?? value, value);
    this.max = Math.max(this.max ?? value, value);
    this.#mean += (value - this.#mean) / this.values;
  }
}

function isSame(one: PointValue, other: PointValue): boolean {
  if (typeof one === "number" || typeof other === "number") return one === other;
  return Buffer.compare(one, other) === 0;
}
