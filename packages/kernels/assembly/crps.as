/**
 * CRPS of the ensembles of a tile: the sums of packages/scoring/src/sorted-crps.ts, the same operations in the same
 * order and hence the same bits. How members are put in order no score shows. What makes it quick is that four
 * ensembles are summed at once: each sum is one long chain of additions, and four chains take no longer than one.
 *
 * Addresses come from the caller, who has checked every size. Behind the tile there are at least 16 more bytes.
 */

/** Ensembles that are summed together. */
const TOGETHER: u32 = 4;

/** Ends that are prices have no start. */
const NO_START: u32 = 0xffff_ffff;

/** Adding it puts a small number, rounded to an integer, into the low bits of a double. */
const INTEGER_BITS: f64 = 4503599627370496.0;

/** Moves per member after which insertion is given up: ensembles of forecasts need next to none by then. */
const MOST_MOVES: u32 = 8;

/** Bytes of the runs that merging starts with. */
const RUN_BYTES: usize = 64;

/** Bytes per evaluation: uint32 offset of the starts, uint32 offset of the ends, float64 observation. */
const EVALUATION_BYTES: usize = 16;

/** 1 when one of the floats is zero, of either sign. */
export function hasZero(floats: usize, count: u32): i32 {
  const end = floats + (<usize>count << 2);
  const zero = f32x4.splat(0);
  let at = floats;
  for (; at + 64 <= end; at += 64) {
    const first = v128.or(f32x4.eq(v128.load(at), zero), f32x4.eq(v128.load(at, 16), zero));
    const second = v128.or(f32x4.eq(v128.load(at, 32), zero), f32x4.eq(v128.load(at, 48), zero));
    if (v128.any_true(v128.or(first, second))) return 1;
  }
  for (; at < end; at += 4) {
    if (load<f32>(at) == 0) return 1;
  }
  return 0;
}

@inline
function lowHalf(floats: v128): v128 {
  return f64x2.promote_low_f32x4(floats);
}

@inline
function highHalf(floats: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(floats, floats, 2, 3, 2, 3));
}

/** The difference before the quotient: the order is part of the score's definition. */
@inline
function changesOf(start: v128, end: v128): v128 {
  return f64x2.mul(f64x2.div(f64x2.sub(end, start), start), f64x2.splat(10000));
}

/** Writes the members of one ensemble, and behind them their least and their largest. 0 when one is not finite. */
function takeMembers(tile: usize, simulations: u32, starts: u32, ends: u32, members: usize): i32 {
  const end = tile + <usize>ends;
  const start = tile + <usize>starts;
  const stepBytes = <usize>simulations << 2;
  const isPrice = starts == NO_START;
  let least = f64x2.splat(Infinity);
  let largest = f64x2.splat(-Infinity);
  let residue = f64x2.splat(0); // stays 0 while all members are finite
  let at: usize = 0;
  if (isPrice) {
    for (; at + 16 <= stepBytes; at += 16) {
      const floats = v128.load(end + at);
      const low = lowHalf(floats);
      const high = highHalf(floats);
      v128.store(members + (at << 1), low);
      v128.store(members + (at << 1), high, 16);
      least = f64x2.pmin(f64x2.pmin(least, low), high);
      largest = f64x2.pmax(f64x2.pmax(largest, low), high);
      residue = f64x2.add(residue, f64x2.add(f64x2.sub(low, low), f64x2.sub(high, high)));
    }
  } else {
    for (; at + 16 <= stepBytes; at += 16) {
      const from = v128.load(start + at);
      const to = v128.load(end + at);
      const low = changesOf(lowHalf(from), lowHalf(to));
      const high = changesOf(highHalf(from), highHalf(to));
      v128.store(members + (at << 1), low);
      v128.store(members + (at << 1), high, 16);
      least = f64x2.pmin(f64x2.pmin(least, low), high);
      largest = f64x2.pmax(f64x2.pmax(largest, low), high);
      residue = f64x2.add(residue, f64x2.add(f64x2.sub(low, low), f64x2.sub(high, high)));
    }
  }
  for (; at < stepBytes; at += 4) {
    let member = <f64>load<f32>(end + at);
    if (!isPrice) {
      const from = <f64>load<f32>(start + at);
      member = ((member - from) / from) * 10000;
    }
    store<f64>(members + (at << 1), member);
    const both = f64x2.splat(member);
    least = f64x2.pmin(least, both);
    largest = f64x2.pmax(largest, both);
    residue = f64x2.add(residue, f64x2.sub(both, both));
  }
  const range = members + (stepBytes << 1);
  store<f64>(range, min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)));
  store<f64>(range, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)), 8);
  return i32(f64x2.extract_lane(residue, 0) + f64x2.extract_lane(residue, 1) == 0);
}

/** Turns counts of buckets, uint16 each, into the place where each bucket starts. */
function placeBuckets(counts: usize, buckets: u32): void {
  const end = counts + (<usize>buckets << 1);
  let before = i16x8.splat(0);
  for (let at = counts; at < end; at += 16) {
    const own = v128.load(at);
    let sums = own;
    const none = i16x8.splat(0);
    // Lanes that follow each other in both: one instruction.
    sums = i16x8.add(sums, v128.shuffle<i16>(none, sums, 7, 8, 9, 10, 11, 12, 13, 14));
    sums = i16x8.add(sums, v128.shuffle<i16>(none, sums, 6, 7, 8, 9, 10, 11, 12, 13));
    sums = i16x8.add(sums, v128.shuffle<i16>(none, sums, 4, 5, 6, 7, 8, 9, 10, 11));
    v128.store(at, i16x8.add(before, i16x8.sub(sums, own)));
    before = i16x8.add(before, v128.shuffle<i16>(sums, sums, 7, 7, 7, 7, 7, 7, 7, 7));
  }
}

@inline
function countOne(count: usize): void {
  store<u16>(count, <u16>(load<u16>(count) + 1));
}

/** Puts a member where its bucket has come to. */
@inline
function placeOne(count: usize, member: f64, sorted: usize): void {
  const place = <usize>load<u16>(count);
  store<u16>(count, <u16>(place + 1));
  store<f64>(sorted + (place << 3), member);
}

/**
 * Deals members into buckets of equal width, in the order of the buckets. Members that are all equal, or too close or
 * too far apart for the quotient, land anywhere; what sorts after this mends it.
 */
function deal(members: usize, simulations: u32, sorted: usize, buckets: u32, counts: usize, places: usize): void {
  const range = members + (<usize>simulations << 3);
  const least = load<f64>(range);
  const scale = f64x2.splat(<f64>(buckets - 1) / (load<f64>(range, 8) - least));
  const origin = f64x2.splat(least);
  const bits = f64x2.splat(INTEGER_BITS);
  const mask = i32x4.splat(<i32>(buckets - 1));
  const base = i32x4.splat(<i32>counts);
  memory.fill(counts, 0, <usize>buckets << 1);
  // Members are followed by room, so that the last four may be fewer. What is kept of each is the address of its count.
  for (let index: u32 = 0; index < simulations; index += 4) {
    const from = members + (<usize>index << 3);
    const low = f64x2.add(f64x2.mul(f64x2.sub(v128.load(from), origin), scale), bits);
    const high = f64x2.add(f64x2.mul(f64x2.sub(v128.load(from, 16), origin), scale), bits);
    const own = v128.and(v128.shuffle<i32>(low, high, 0, 2, 4, 6), mask);
    v128.store(places + (<usize>index << 2), i32x4.add(i32x4.shl(own, 1), base));
  }
  const end = places + (<usize>simulations << 2);
  let at = places;
  for (; at + 16 <= end; at += 16) {
    countOne(load<u32>(at));
    countOne(load<u32>(at, 4));
    countOne(load<u32>(at, 8));
    countOne(load<u32>(at, 12));
  }
  for (; at < end; at += 4) countOne(load<u32>(at));
  placeBuckets(counts, buckets);
  let member = members;
  at = places;
  for (; at + 16 <= end; at += 16) {
    placeOne(load<u32>(at), load<f64>(member), sorted);
    placeOne(load<u32>(at, 4), load<f64>(member, 8), sorted);
    placeOne(load<u32>(at, 8), load<f64>(member, 16), sorted);
    placeOne(load<u32>(at, 12), load<f64>(member, 24), sorted);
    member += 32;
  }
  for (; at < end; at += 4) {
    placeOne(load<u32>(at), load<f64>(member), sorted);
    member += 8;
  }
}

@inline
function turn(pair: v128): v128 {
  return v128.shuffle<i64>(pair, pair, 1, 0);
}

/**
 * Puts neighbours in order: those at even places with the next, those at odd places with the next, and those at even places
 * again, all in one go. Most buckets hold no more. Each lane of a number that is worked on has the same number.
 *
 * @param end at least one number behind `from`
 * @returns whether all are in order now
 */
function orderNeighbours(from: usize, end: usize): bool {
  let at = from;
  let before = f64x2.splat(-Infinity);
  let descents = i64x2.splat(0);
  if (from + 16 <= end) {
    const start = v128.load(from);
    let low = f64x2.pmin(start, turn(start));
    let high = f64x2.pmax(start, turn(start));
    for (let next = from + 16; next + 16 <= end; next += 16) {
      const pair = v128.load(next);
      const turned = turn(pair);
      const nextLow = f64x2.pmin(pair, turned);
      const between = f64x2.pmin(high, nextLow);
      const first = f64x2.pmin(low, between);
      const second = f64x2.pmax(low, between);
      descents = v128.or(descents, f64x2.gt(before, first));
      v128.store(at, v128.shuffle<i64>(first, second, 0, 2));
      before = second;
      low = f64x2.pmax(high, nextLow);
      high = f64x2.pmax(pair, turned);
      at = next;
    }
    const first = f64x2.pmin(low, high);
    descents = v128.or(descents, f64x2.gt(before, first));
    before = f64x2.pmax(low, high);
    v128.store(at, v128.shuffle<i64>(first, before, 0, 2));
    at += 16;
  }
  if (at < end) descents = v128.or(descents, f64x2.gt(before, v128.load64_splat(at)));
  return !v128.any_true(descents);
}

/** Sorts nearly sorted numbers in place; false, with some of them moved, when that takes more than `moves`. */
function insertionSort(from: usize, end: usize, moves: u32): bool {
  let previous = load<f64>(from);
  for (let next = from + 8; next < end; next += 8) {
    const value = load<f64>(next);
    if (previous <= value) {
      previous = value;
      continue;
    }
    let at = next;
    do {
      store<f64>(at, load<f64>(at - 8));
      at -= 8;
    } while (at > from && load<f64>(at - 8) > value);
    store<f64>(at, value);
    const moved = <u32>((next - at) >> 3);
    if (moved > moves) return false;
    moves -= moved;
  }
  return true;
}

/** Merges two sorted runs that follow each other. */
function mergeRuns(from: usize, middle: usize, end: usize, target: usize): void {
  let first = from;
  let second = middle;
  while (first < middle && second < end) {
    const takesSecond = load<f64>(second) < load<f64>(first);
    store<f64>(target, load<f64>(takesSecond ? second : first));
    first += takesSecond ? 0 : 8;
    second += takesSecond ? 8 : 0;
    target += 8;
  }
  memory.copy(target, first, middle - first);
  memory.copy(target + (middle - first), second, end - second);
}

/** Sorts any numbers. `spare` has room for all of them. */
function mergeSort(from: usize, end: usize, spare: usize): void {
  const bytes = end - from;
  for (let run = from; run < end; run += RUN_BYTES) {
    insertionSort(run, min(run + RUN_BYTES, end), 64);
  }
  let source = from;
  let target = spare;
  for (let run = RUN_BYTES; run < bytes; run += run) {
    for (let at: usize = 0; at < bytes; at += run + run) {
      const middle = min(at + run, bytes);
      mergeRuns(source + at, source + middle, source + min(middle + run, bytes), target + at);
    }
    const merged = target;
    target = source;
    source = merged;
  }
  if (source != from) memory.copy(from, source, bytes);
}

/** Sorts members that lie in the order of their buckets. */
function sort(from: usize, end: usize, spare: usize): void {
  if (orderNeighbours(from, end)) return;
  if (insertionSort(from, end, <u32>((end - from) >> 3) * MOST_MOVES)) return;
  mergeSort(from, end, spare);
}

/** How many of the sorted numbers are not above `observation`. */
function countBelow(sorted: usize, count: u32, observation: f64): u32 {
  let least: u32 = 0;
  let most = count;
  while (least < most) {
    const middle = (least + most) >> 1;
    if (observation < load<f64>(sorted + (<usize>middle << 3))) most = middle;
    else least = middle + 1;
  }
  return least;
}

/**
 * Writes the `count + 1` terms of one score. The number before the sorted ones is 0.
 *
 * @param below weights of the terms up to the observation
 * @param above weights of the terms behind it
 */
function writeTerms(sorted: usize, count: u32, observation: f64, below: usize, above: usize, terms: usize): void {
  const split = countBelow(sorted, count, observation);
  const splitBytes = <usize>split << 3;
  const countBytes = <usize>count << 3;
  // An odd count spills over into terms that are written below.
  for (let at: usize = 0; at < splitBytes; at += 16) {
    const steps = f64x2.sub(v128.load(sorted + at), v128.load(sorted + at - 8));
    v128.store(terms + at, f64x2.mul(steps, v128.load(below + at)));
  }
  const step = observation - load<f64>(sorted + splitBytes - 8);
  if (split == count) {
    store<f64>(terms + splitBytes, step);
    return;
  }
  store<f64>(terms + splitBytes, step * load<f64>(below + splitBytes));
  store<f64>(
    terms + splitBytes,
    (load<f64>(sorted + splitBytes) - observation) * load<f64>(above + splitBytes),
    8,
  );
  for (let at = splitBytes + 8; at < countBytes; at += 16) {
    const steps = f64x2.sub(v128.load(sorted + at), v128.load(sorted + at - 8));
    v128.store(terms + at, f64x2.mul(steps, v128.load(above + at)), 8);
  }
}

/** Sums the terms of up to four scores, each from its first term to its last. */
function sumTerms(terms: usize, termsBytes: usize, count: u32, scores: usize, slots: usize, used: u32): void {
  const end = terms + (<usize>(count + 1) << 3);
  const second = termsBytes;
  const third = termsBytes * 2;
  const fourth = termsBytes * 3;
  let sum0: f64 = 0;
  let sum1: f64 = 0;
  let sum2: f64 = 0;
  let sum3: f64 = 0;
  for (let at = terms; at < end; at += 8) {
    sum0 += load<f64>(at);
    sum1 += load<f64>(at + second);
    sum2 += load<f64>(at + third);
    sum3 += load<f64>(at + fourth);
  }
  store<f64>(scores + (<usize>load<u32>(slots) << 3), sum0);
  if (used > 1) store<f64>(scores + (<usize>load<u32>(slots, 4) << 3), sum1);
  if (used > 2) store<f64>(scores + (<usize>load<u32>(slots, 8) << 3), sum2);
  if (used > 3) store<f64>(scores + (<usize>load<u32>(slots, 12) << 3), sum3);
}

/**
 * Scores ensembles of a tile of float32 `[steps, simulations]`, all members of one weight.
 *
 * @param evaluations `count` times: offsets in the tile's bytes of the step of starts and of the step of ends, and the
 *   observation, which is not NaN
 * @param scores gets a float64 per evaluation
 * @param left gets the uint32 numbers of evaluations that are not scored, because a member is not finite
 * @param below, above the weights of terms, `simulations + 1` of each and 8 bytes more
 * @param buckets a power of two; `simulations` is below 2^16
 * @param scratch 16-byte aligned, of the size that `CrpsKernel` in packages/kernels/src/crps-kernel.ts says
 * @returns how many evaluations are left
 */
export function scoreEvaluations(
  tile: usize,
  simulations: u32,
  evaluations: usize,
  count: u32,
  scores: usize,
  left: usize,
  below: usize,
  above: usize,
  buckets: u32,
  scratch: usize,
): u32 {
  const rowBytes = ((<usize>simulations << 3) + 63) & ~15;
  const counts = scratch;
  const places = counts + (<usize>buckets << 1);
  const members = places + rowBytes;
  const sorted = members + rowBytes + 16;
  const terms = sorted + rowBytes;
  const slots = terms + rowBytes * TOGETHER;
  const end = sorted + (<usize>simulations << 3);
  store<f64>(sorted - 8, 0);
  let used: u32 = 0;
  let leftCount: u32 = 0;
  for (let index: u32 = 0; index < count; index += 1) {
    const evaluation = evaluations + <usize>index * EVALUATION_BYTES;
    if (!takeMembers(tile, simulations, load<u32>(evaluation), load<u32>(evaluation, 4), members)) {
      store<u32>(left + (<usize>leftCount << 2), index);
      leftCount += 1;
      continue;
    }
    deal(members, simulations, sorted, buckets, counts, places);
    sort(sorted, end, members);
    writeTerms(sorted, simulations, load<f64>(evaluation, 8), below, above, terms + rowBytes * used);
    store<u32>(slots + (<usize>used << 2), index);
    used += 1;
    if (used == TOGETHER) {
      sumTerms(terms, rowBytes, simulations, scores, slots, used);
      used = 0;
    }
  }
  if (used > 0) sumTerms(terms, rowBytes, simulations, scores, slots, used);
  return leftCount;
}
