/**
 * XXH3-128 with seed 0 and the default secret, of more than 16 bytes, as docs/formats/tile-frame-v1.md uses it. After the
 * specification of xxHash, doc/xxhash_spec.md.
 *
 * `secret` is the address of the 192 bytes of the default secret. Nothing outside of the bytes, the secret and the target
 * is touched.
 */
const PRIME32_1: u64 = 0x9e3779b1;
const PRIME32_2: u64 = 0x85ebca77;
const PRIME32_3: u64 = 0xc2b2ae3d;
const PRIME64_1: u64 = 0x9e3779b185ebca87;
const PRIME64_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME64_3: u64 = 0x165667b19e3779f9;
const PRIME64_4: u64 = 0x85ebca77c2b2ae63;
const PRIME64_5: u64 = 0x27d4eb2f165667c5;
const PRIME_MX1: u64 = 0x165667919e3779f9;

const SECRET_BYTES: usize = 192;
const STRIPE_BYTES: usize = 64;
/** Bytes of the secret from one stripe to the next. */
const SECRET_STEP: usize = 8;
/** Stripes until the secret is used up. */
const BLOCK_STRIPES: u32 = 16;

/** Most bytes that are hashed without stripes. */
const MIDDLE_BYTES: u32 = 240;

/** Of a product of two 64-bit numbers, the upper half combined with the lower one. */
@inline
function foldedProduct(a: u64, b: u64): u64 {
  const al = a & 0xffffffff;
  const ah = a >> 32;
  const bl = b & 0xffffffff;
  const bh = b >> 32;
  const ll = al * bl;
  const hl = ah * bl;
  const cross = (ll >> 32) + (hl & 0xffffffff) + al * bh;
  const upper = (hl >> 32) + (cross >> 32) + ah * bh;
  return upper ^ (a * b);
}

@inline
function avalanche(hash: u64): u64 {
  hash = (hash ^ (hash >> 37)) * PRIME_MX1;
  return hash ^ (hash >> 32);
}

@inline
function mix16(bytes: usize, secret: usize): u64 {
  return foldedProduct(
    load<u64>(bytes) ^ load<u64>(secret),
    load<u64>(bytes, 8) ^ load<u64>(secret, 8),
  );
}

/** What one pair of 16 bytes makes of the lower half of the state: the first are mixed, the second combined. */
@inline
function mixed(half: u64, mixing: usize, combining: usize, secret: usize): u64 {
  return (half + mix16(mixing, secret)) ^ (load<u64>(combining) + load<u64>(combining, 8));
}

/** Writes the canonical form: the upper half first, both big-endian. */
@inline
function storeHash(target: usize, low: u64, high: u64): void {
  store<u64>(target, bswap<u64>(high));
  store<u64>(target, bswap<u64>(low), 8);
}

@inline
function storeMiddle(target: usize, low: u64, high: u64, length: u64): void {
  const sum = low + high;
  const product = low * PRIME64_1 + high * PRIME64_4 + length * PRIME64_2;
  storeHash(target, avalanche(sum), 0 - avalanche(product));
}

/** 17 to 128 bytes: from both ends to the middle. */
function hashShort(bytes: usize, length: u32, secret: usize, target: usize): void {
  const end = bytes + length;
  let low: u64 = <u64>length * PRIME64_1;
  let high: u64 = 0;
  for (let pair: i32 = <i32>((length - 1) >> 5); pair >= 0; pair -= 1) {
    const near = bytes + <usize>(pair << 4);
    const far = end - <usize>((pair + 1) << 4);
    const key = secret + <usize>(pair << 5);
    low = mixed(low, near, far, key);
    high = mixed(high, far, near, key + 16);
  }
  storeMiddle(target, low, high, length);
}

/** 129 to 240 bytes: pairs one after the other, the last one from the end. */
function hashMiddle(bytes: usize, length: u32, secret: usize, target: usize): void {
  let low: u64 = <u64>length * PRIME64_1;
  let high: u64 = 0;
  for (let at: u32 = 0; at + 32 <= length; at += 32) {
    const first = bytes + at;
    const key = secret + (at < 128 ? at : at - 128 + 3);
    low = mixed(low, first, first + 16, key);
    high = mixed(high, first + 16, first, key + 16);
    if (at == 96) {
      low = avalanche(low);
      high = avalanche(high);
    }
  }
  const last = bytes + length - 16;
  const key = secret + 136 - 17 - 16;
  low = mixed(low, last, last - 16, key);
  high = mixed(high, last - 16, last, key + 16);
  storeMiddle(target, low, high, length);
}

@inline
function swapped(words: v128): v128 {
  return v128.shuffle<i64>(words, words, 1, 0);
}

@inline
function scrambled(sums: v128, key: v128): v128 {
  const spread = v128.xor(v128.xor(sums, i64x2.shr_u(sums, 47)), key);
  return i64x2.mul(spread, i64x2.splat(PRIME32_1));
}

@inline
function mergedPair(sums: v128, secret: usize): u64 {
  return foldedProduct(
    <u64>i64x2.extract_lane(sums, 0) ^ load<u64>(secret),
    <u64>i64x2.extract_lane(sums, 1) ^ load<u64>(secret, 8),
  );
}

@inline
function merged(a: v128, b: v128, c: v128, d: v128, secret: usize, start: u64): u64 {
  return avalanche(
    start +
      mergedPair(a, secret) +
      mergedPair(b, secret + 16) +
      mergedPair(c, secret + 32) +
      mergedPair(d, secret + 48),
  );
}

/** More than 240 bytes: eight sums, to which every stripe adds products of its halves. */
function hashLong(bytes: usize, length: u32, secret: usize, target: usize): void {
  let a = i64x2(PRIME32_3, PRIME64_1);
  let b = i64x2(PRIME64_2, PRIME64_3);
  let c = i64x2(PRIME64_4, PRIME32_2);
  let d = i64x2(PRIME64_5, PRIME32_1);
  // The last stripe always ends where the bytes do, and lies over the one before unless they are whole stripes.
  const stripes = (length - 1) / <u32>STRIPE_BYTES;
  let stripe = bytes;
  let key = secret;
  let left = BLOCK_STRIPES;
  for (let index: u32 = 0; index <= stripes; index += 1) {
    if (index == stripes) {
      stripe = bytes + length - STRIPE_BYTES;
      key = secret + SECRET_BYTES - STRIPE_BYTES - 7;
    }
    const a0 = v128.load(stripe);
    const b0 = v128.load(stripe, 16);
    const c0 = v128.load(stripe, 32);
    const d0 = v128.load(stripe, 48);
    const ka = v128.xor(a0, v128.load(key));
    const kb = v128.xor(b0, v128.load(key, 16));
    const kc = v128.xor(c0, v128.load(key, 32));
    const kd = v128.xor(d0, v128.load(key, 48));
    const abLow = v128.shuffle<i32>(ka, kb, 0, 2, 4, 6);
    const abHigh = v128.shuffle<i32>(ka, kb, 1, 3, 5, 7);
    const cdLow = v128.shuffle<i32>(kc, kd, 0, 2, 4, 6);
    const cdHigh = v128.shuffle<i32>(kc, kd, 1, 3, 5, 7);
    a = i64x2.add(i64x2.add(a, swapped(a0)), i64x2.extmul_low_i32x4_u(abLow, abHigh));
    b = i64x2.add(i64x2.add(b, swapped(b0)), i64x2.extmul_high_i32x4_u(abLow, abHigh));
    c = i64x2.add(i64x2.add(c, swapped(c0)), i64x2.extmul_low_i32x4_u(cdLow, cdHigh));
    d = i64x2.add(i64x2.add(d, swapped(d0)), i64x2.extmul_high_i32x4_u(cdLow, cdHigh));
    stripe += STRIPE_BYTES;
    key += SECRET_STEP;
    left -= 1;
    if (left == 0) {
      if (index < stripes) {
        const last = secret + SECRET_BYTES - STRIPE_BYTES;
        a = scrambled(a, v128.load(last));
        b = scrambled(b, v128.load(last, 16));
        c = scrambled(c, v128.load(last, 32));
        d = scrambled(d, v128.load(last, 48));
      }
      key = secret;
      left = BLOCK_STRIPES;
    }
  }
  const low = merged(a, b, c, d, secret + 11, <u64>length * PRIME64_1);
  const high = merged(a, b, c, d, secret + SECRET_BYTES - STRIPE_BYTES - 11, ~(<u64>length * PRIME64_2));
  storeHash(target, low, high);
}

/** Hashes 17 bytes or more. */
export function hash128(bytes: usize, length: u32, secret: usize, target: usize): void {
  if (length > MIDDLE_BYTES) hashLong(bytes, length, secret, target);
  else if (length > 128) hashMiddle(bytes, length, secret, target);
  else hashShort(bytes, length, secret, target);
}
