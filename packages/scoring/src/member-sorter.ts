/** Buckets per member: more make the insertion sort shorter and the count longer; 2 was fastest at 1000 members. */
const BUCKETS_PER_MEMBER = 2;

/** Beyond this many moves per member the engine's own sort is faster; normal ensembles need 0.2, heavy-tailed ones about 1. */
const MAX_MOVES_PER_MEMBER = 16;

/**
 * Sorts ensembles exactly: members are dealt into buckets of equal width, then an insertion sort puts right what is out
 * of order inside a bucket. For forecasts of one variable that is several times faster than a comparison sort; what
 * would crowd the buckets (outliers) or cannot be dealt (infinities, NaN) goes to the engine's sort of typed arrays.
 * Both ways end in the same order, so the way taken never shows in a score.
 */
export class MemberSorter {
  /** Unsorted members, to be filled by the caller; {@link sort} leaves them as they are. */
  readonly members: Float64Array;
  /** The result of {@link sort}, valid until the next call. */
  readonly sorted: Float64Array;
  readonly #ends: Int32Array;

  /** @param count the number of members of every ensemble, at least 1 */
  constructor(count: number) {
    this.members = new Float64Array(count);
    this.sorted = new Float64Array(count);
    this.#ends = new Int32Array(count * BUCKETS_PER_MEMBER);
  }

  /**
   * Sorts {@link members} into {@link sorted}, ascending, NaN last.
   *
   * @returns how many members are not NaN
   */
  sort(): number {
    const { members, sorted } = this;
    const quick = deal(members, sorted, this.#ends) && insertionSort(sorted);
    if (quick) return sorted.length;

    sorted.set(members);
    sorted.sort();
    let present = sorted.length;
    while (present > 0 && Number.isNaN(sorted[present - 1])) present -= 1;
    return present;
  }
}

/** Copies members into `sorted`, bucket after bucket; `false`, with nothing done, when one is not finite. */
function deal(members: Float64Array, sorted: Float64Array, ends: Int32Array): boolean {
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
  if (residue !== 0) return false;

  // Never decreasing in the value, whatever the rounding. Members that are all equal, or too close or too far apart for
  // the quotient, make NaN or an infinity here and there; `| 0` puts these into bucket 0, and the insertion sort mends it.
  const scale = (ends.length - 1) / (max - min);
  ends.fill(0);
  for (let i = 0; i < count; i += 1) {
    const bucket = (((members[i] as number) - min) * scale) | 0;
    ends[bucket] = (ends[bucket] as number) + 1;
  }
  let end = 0;
  for (let bucket = 0; bucket < ends.length; bucket += 1) {
    end += ends[bucket] as number;
    ends[bucket] = end;
  }
  for (let i = 0; i < count; i += 1) {
    const value = members[i] as number;
    const bucket = ((value - min) * scale) | 0;
    const at = (ends[bucket] as number) - 1;
    ends[bucket] = at;
    sorted[at] = value;
  }
  return true;
}

/** Sorts nearly sorted values in place; `false`, with the values in disarray, when they are too far from sorted. */
function insertionSort(values: Float64Array): boolean {
  let moves = values.length * MAX_MOVES_PER_MEMBER;
  let previous = values[0] as number;
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] as number;
    if (previous <= value) {
      previous = value;
      continue;
    }
    let at = i;
    do {
      values[at] = values[at - 1] as number;
      at -= 1;
    } while (at > 0 && (values[at - 1] as number) > value);
    values[at] = value;
    moves -= i - at;
    if (moves < 0) return false;
  }
  return true;
}
