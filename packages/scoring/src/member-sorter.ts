/** Above this many members in one bucket the insertion sort would lose to the engine's own sort. */
const MAX_PER_BUCKET = 32;

/**
 * Sorts ensembles exactly: members are dealt into buckets of equal width, then an insertion sort puts right what is out
 * of order inside a bucket. For forecasts of one variable that is several times faster than a comparison sort; anything
 * that would crowd the buckets (outliers, repeated values, infinities, NaN) goes to the engine's sort of typed arrays.
 * Both ways end in the same order, so the way taken never shows in a score.
 */
export class MemberSorter {
  /** Unsorted members, to be filled by the caller; {@link sort} leaves them as they are. */
  readonly members: Float64Array;
  /** The result of {@link sort}, valid until the next call. */
  readonly sorted: Float64Array;
  readonly #bucketOf: Uint32Array;
  readonly #starts: Uint32Array;

  /** @param count the number of members of every ensemble, at least 1 */
  constructor(count: number) {
    this.members = new Float64Array(count);
    this.sorted = new Float64Array(count);
    this.#bucketOf = new Uint32Array(count);
    this.#starts = new Uint32Array(2 * count + 1);
  }

  /**
   * Sorts {@link members} into {@link sorted}, ascending, NaN last.
   *
   * @returns how many members are not NaN
   */
  sort(): number {
    const { members, sorted } = this;
    const count = members.length;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let residue = 0; // stays 0 while all members are finite
    for (let i = 0; i < count; i += 1) {
      const value = members[i] as number;
      if (value < min) min = value;
      if (value > max) max = value;
      residue += value - value;
    }
    if (residue !== 0 || !this.#deal(min, max)) return this.#sortByEngine();
    for (let i = 1; i < count; i += 1) {
      const value = sorted[i] as number;
      let j = i - 1;
      if ((sorted[j] as number) <= value) continue;
      do {
        sorted[j + 1] = sorted[j] as number;
        j -= 1;
      } while (j >= 0 && (sorted[j] as number) > value);
      sorted[j + 1] = value;
    }
    return count;
  }

  /** Deals finite members into buckets in `sorted`; `false` when a bucket would be overfull. */
  #deal(min: number, max: number): boolean {
    const { members, sorted } = this;
    const bucketOf = this.#bucketOf;
    const starts = this.#starts;
    const count = members.length;
    const last = starts.length - 2;
    // Members that are all equal, or too close or too far apart for the quotient, all fall into bucket 0.
    const scale = last / (max - min);
    starts.fill(0);
    for (let i = 0; i < count; i += 1) {
      const bucket = (((members[i] as number) - min) * scale) >>> 0;
      bucketOf[i] = bucket;
      starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
    }
    let start = 0;
    let fullest = 0;
    for (let bucket = 1; bucket <= last + 1; bucket += 1) {
      const size = starts[bucket] as number;
      if (size > fullest) fullest = size;
      start += size;
      starts[bucket] = start;
    }
    if (fullest > MAX_PER_BUCKET) return false;
    for (let i = 0; i < count; i += 1) {
      const bucket = bucketOf[i] as number;
      const at = starts[bucket] as number;
      sorted[at] = members[i] as number;
      starts[bucket] = at + 1;
    }
    return true;
  }

  #sortByEngine(): number {
    const { sorted } = this;
    sorted.set(this.members);
    sorted.sort();
    let present = sorted.length;
    while (present > 0 && Number.isNaN(sorted[present - 1])) present -= 1;
    return present;
  }
}
