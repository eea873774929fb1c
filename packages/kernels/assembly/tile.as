/**
 * Panels of tiles: packing (docs/formats/tile-frame-v1.md) and the decimal lattice. Addresses come from the caller, who
 * has checked every size: behind whatever is read or written here there are at least 512 more bytes of memory, which
 * may be read, and behind what is packed also written.
 */
import { BLOCK_BYTES, BLOCK_VALUES } from "./block";
import { packBlocks } from "./pack-blocks";
import { unpackBlocks } from "./unpack-blocks";

@inline
function headBytes(steps: u32): usize {
  return <usize>((steps + 3) & ~3) + <usize>(steps << 2);
}

@inline
function payloadBytes(simulations: u32, width: u32): usize {
  const rows = (simulations + 3) >> 2;
  return <usize>((rows * width + 31) >> 5) << 4;
}

@inline
function leastLane(v: v128): i32 {
  const pairs = i32x4.min_s(v, v128.shuffle<i32>(v, v, 2, 3, 2, 3));
  return min(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1));
}

@inline
function largestLane(v: v128): i32 {
  const pairs = i32x4.max_s(v, v128.shuffle<i32>(v, v, 2, 3, 2, 3));
  return max(i32x4.extract_lane(pairs, 0), i32x4.extract_lane(pairs, 1));
}

/**
 * Finds the base and the width of every step and writes them to the head of `body`.
 *
 * @param zeros zeros of a step's length, and of a block more
 * @returns the length of the packed panel in bytes
 */
export function measurePanel(
  words: usize,
  simulations: u32,
  steps: u32,
  body: usize,
  zeros: usize,
): usize {
  const stepBytes = <usize>(simulations << 2);
  const bases = body + <usize>((steps + 3) & ~3);
  memory.fill(body, 0, bases - body);
  let length = headBytes(steps);
  let previous = zeros;
  let current = words;
  for (let step: u32 = 0; step < steps; step += 1) {
    let least = i32x4.splat(i32.MAX_VALUE);
    let largest = i32x4.splat(i32.MIN_VALUE);
    let at: usize = 0;
    for (; at + 16 <= stepBytes; at += 16) {
      const difference = i32x4.sub(v128.load(current + at), v128.load(previous + at));
      least = i32x4.min_s(least, difference);
      largest = i32x4.max_s(largest, difference);
    }
    for (; at < stepBytes; at += 4) {
      const difference = i32x4.splat(load<i32>(current + at) - load<i32>(previous + at));
      least = i32x4.min_s(least, difference);
      largest = i32x4.max_s(largest, difference);
    }
    const base = leastLane(least);
    const width = <u32>32 - clz(<u32>(largestLane(largest) - base));
    store<u8>(body + step, <u8>width);
    store<i32>(bases + <usize>(step << 2), base);
    length += payloadBytes(simulations, width);
    previous = current;
    current += stepBytes;
  }
  return length;
}

/**
 * Packs a panel behind the head that `measurePanel` wrote.
 *
 * @param zeros zeros of a step's length, and of a block more
 * @param tail room for one block
 */
export function packPanel(
  words: usize,
  simulations: u32,
  steps: u32,
  body: usize,
  zeros: usize,
  tail: usize,
): void {
  const stepBytes = <usize>(simulations << 2);
  const bases = body + <usize>((steps + 3) & ~3);
  const blocks = simulations / BLOCK_VALUES;
  const packed = <usize>blocks * BLOCK_BYTES;
  let target = body + headBytes(steps);
  let previous = zeros;
  let current = words;
  for (let step: u32 = 0; step < steps; step += 1) {
    const width = <u32>load<u8>(body + step);
    const base = load<i32>(bases + <usize>(step << 2));
    const splat = i32x4.splat(base);
    packBlocks(width, current, previous, splat, target, blocks);
    if (packed < stepBytes) {
      // What is left of the step, and zeros up to a whole block.
      memory.fill(tail, 0, BLOCK_BYTES);
      let at = packed;
      for (; at + 16 <= stepBytes; at += 16) {
        const difference = i32x4.sub(v128.load(current + at), v128.load(previous + at));
        v128.store(tail + (at - packed), i32x4.sub(difference, splat));
      }
      for (; at < stepBytes; at += 4) {
        store<i32>(tail + (at - packed), load<i32>(current + at) - load<i32>(previous + at) - base);
      }
      packBlocks(width, tail, zeros, i32x4.splat(0), target + <usize>((blocks * width) << 4), 1);
    }
    target += payloadBytes(simulations, width);
    previous = current;
    current += stepBytes;
  }
}

/** A step of width 0: every value is the one before plus the base. */
function addBase(previous: usize, base: i32, target: usize, stepBytes: usize): void {
  const splat = i32x4.splat(base);
  let at: usize = 0;
  for (; at + 16 <= stepBytes; at += 16) {
    v128.store(target + at, i32x4.add(v128.load(previous + at), splat));
  }
  for (; at < stepBytes; at += 4) {
    store<i32>(target + at, load<i32>(previous + at) + base);
  }
}

/**
 * Unpacks the steps `first` ≤ step < `end` of a panel whose widths and length have been checked. Nothing outside of their
 * values is written.
 *
 * @param tail room for one block
 */
export function unpackPanel(
  body: usize,
  simulations: u32,
  steps: u32,
  first: u32,
  end: u32,
  words: usize,
  tail: usize,
): void {
  const stepBytes = <usize>(simulations << 2);
  const bases = body + <usize>((steps + 3) & ~3);
  const wordsEnd = words + <usize>(end - first) * stepBytes;
  const wholeBlocks = simulations / BLOCK_VALUES;
  const allBlocks = (simulations + BLOCK_VALUES - 1) / BLOCK_VALUES;
  let source = body + headBytes(steps);
  // The step before the first of the panel is zeros; they are put where the first wanted step goes. All steps up to that
  // one are unpacked there, each in place of the one before.
  memory.fill(words, 0, stepBytes);
  let previous = words;
  let current = words;
  for (let step: u32 = 0; step < end; step += 1) {
    const width = <u32>load<u8>(body + step);
    const base = load<i32>(bases + <usize>(step << 2));
    if (width == 0) {
      addBase(previous, base, current, stepBytes);
    } else if (current + <usize>allBlocks * BLOCK_BYTES <= wordsEnd) {
      // The last block spills over into later steps, which are unpacked after this one.
      unpackBlocks(width, source, i32x4.splat(base), previous, current, allBlocks);
    } else {
      const splat = i32x4.splat(base);
      const unpacked = <usize>wholeBlocks * BLOCK_BYTES;
      unpackBlocks(width, source, splat, previous, current, wholeBlocks);
      if (unpacked < stepBytes) {
        const rest = source + <usize>((wholeBlocks * width) << 4);
        unpackBlocks(width, rest, splat, previous + unpacked, tail, 1);
        memory.copy(current + unpacked, tail, stepBytes - unpacked);
      }
    }
    source += payloadBytes(simulations, width);
    previous = current;
    if (step >= first) current += stepBytes;
  }
}

/** The float32 nearest to `integer * unit`, of four integers: the decoder's expression. */
@inline
function floatsOf(integers: v128, unit: v128): v128 {
  const low = f64x2.mul(f64x2.convert_low_i32x4_s(integers), unit);
  const high = f64x2.mul(
    f64x2.convert_low_i32x4_s(v128.shuffle<i32>(integers, integers, 2, 3, 2, 3)),
    unit,
  );
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** The integers nearest to `float * power`, ties to even, of four floats. */
@inline
function integersOf(floats: v128, power: v128): v128 {
  const low = f64x2.mul(f64x2.promote_low_f32x4(floats), power);
  const high = f64x2.mul(f64x2.promote_low_f32x4(v128.shuffle<i32>(floats, floats, 2, 3, 2, 3)), power);
  return v128.shuffle<i64>(
    i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(low)),
    i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(high)),
    0,
    2,
  );
}

/**
 * Turns floats into the integers `float * power`.
 *
 * @returns 1 when each of them gives back the very bits, 0 when one does not
 */
export function floatsToDecimals(
  words: usize,
  count: u32,
  power: f64,
  unit: f64,
  target: usize,
): i32 {
  const powers = f64x2.splat(power);
  const units = f64x2.splat(unit);
  const bytes = <usize>count << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const bits = v128.load(words + at);
    const integers = integersOf(bits, powers);
    v128.store(target + at, integers);
    if (v128.any_true(i32x4.ne(floatsOf(integers, units), bits))) return 0;
  }
  for (; at < bytes; at += 4) {
    const bits = v128.load32_zero(words + at);
    const integers = integersOf(bits, powers);
    v128.store_lane<i32>(target + at, integers, 0);
    if (v128.any_true(i32x4.ne(floatsOf(integers, units), bits))) return 0;
  }
  return 1;
}

/** Turns integers into the floats nearest to `integer * unit`, in place. */
export function decimalsToFloats(words: usize, count: u32, unit: f64): void {
  const units = f64x2.splat(unit);
  const bytes = <usize>count << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    v128.store(words + at, floatsOf(v128.load(words + at), units));
  }
  for (; at < bytes; at += 4) {
    v128.store_lane<i32>(words + at, floatsOf(v128.load32_zero(words + at), units), 0);
  }
}
