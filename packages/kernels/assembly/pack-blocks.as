/**
 * Bit-packing of one step in four lanes, as docs/formats/tile-frame-v1.md describes it: 32 rows of four values make a
 * block, which takes exactly `width` vectors. Wherever `packRow` is inlined, `row` and `width` are constants, so that
 * every shift and address is one too, and no branch is left. One function a width keeps the optimizer quick.
 */
import { BLOCK_BYTES } from "./block";

/** @returns the bits of `pending` and of this row that do not fill a word yet */
@inline
function packRow(width: i32, row: i32, pending: v128, current: usize, previous: usize, base: v128, target: usize): v128 {
  const shift = (row * width) & 31;
  const at = row << 4;
  const difference = i32x4.sub(v128.load(current + at), v128.load(previous + at));
  const value = i32x4.sub(difference, base);
  const word = shift == 0 ? value : v128.or(pending, i32x4.shl(value, shift));
  if (shift + width >= 32) v128.store(target + (((row * width) >> 5) << 4), word);
  // The bits that did not fit start the next word.
  return shift + width > 32 ? i32x4.shr_u(value, 32 - shift) : word;
}

@inline
function packWidth(width: i32, current: usize, previous: usize, base: v128, target: usize, blocks: u32): void {
  for (; blocks > 0; blocks -= 1) {
    let word = base;
    word = packRow(width, 0, word, current, previous, base, target);
    word = packRow(width, 1, word, current, previous, base, target);
    word = packRow(width, 2, word, current, previous, base, target);
    word = packRow(width, 3, word, current, previous, base, target);
    word = packRow(width, 4, word, current, previous, base, target);
    word = packRow(width, 5, word, current, previous, base, target);
    word = packRow(width, 6, word, current, previous, base, target);
    word = packRow(width, 7, word, current, previous, base, target);
    word = packRow(width, 8, word, current, previous, base, target);
    word = packRow(width, 9, word, current, previous, base, target);
    word = packRow(width, 10, word, current, previous, base, target);
    word = packRow(width, 11, word, current, previous, base, target);
    word = packRow(width, 12, word, current, previous, base, target);
    word = packRow(width, 13, word, current, previous, base, target);
    word = packRow(width, 14, word, current, previous, base, target);
    word = packRow(width, 15, word, current, previous, base, target);
    word = packRow(width, 16, word, current, previous, base, target);
    word = packRow(width, 17, word, current, previous, base, target);
    word = packRow(width, 18, word, current, previous, base, target);
    word = packRow(width, 19, word, current, previous, base, target);
    word = packRow(width, 20, word, current, previous, base, target);
    word = packRow(width, 21, word, current, previous, base, target);
    word = packRow(width, 22, word, current, previous, base, target);
    word = packRow(width, 23, word, current, previous, base, target);
    word = packRow(width, 24, word, current, previous, base, target);
    word = packRow(width, 25, word, current, previous, base, target);
    word = packRow(width, 26, word, current, previous, base, target);
    word = packRow(width, 27, word, current, previous, base, target);
    word = packRow(width, 28, word, current, previous, base, target);
    word = packRow(width, 29, word, current, previous, base, target);
    word = packRow(width, 30, word, current, previous, base, target);
    word = packRow(width, 31, word, current, previous, base, target);
    current += BLOCK_BYTES;
    previous += BLOCK_BYTES;
    target += width << 4;
  }
}

function pack1(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(1, current, previous, base, target, blocks); }
function pack2(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(2, current, previous, base, target, blocks); }
function pack3(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(3, current, previous, base, target, blocks); }
function pack4(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(4, current, previous, base, target, blocks); }
function pack5(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(5, current, previous, base, target, blocks); }
function pack6(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(6, current, previous, base, target, blocks); }
function pack7(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(7, current, previous, base, target, blocks); }
function pack8(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(8, current, previous, base, target, blocks); }
function pack9(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(9, current, previous, base, target, blocks); }
function pack10(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(10, current, previous, base, target, blocks); }
function pack11(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(11, current, previous, base, target, blocks); }
function pack12(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(12, current, previous, base, target, blocks); }
function pack13(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(13, current, previous, base, target, blocks); }
function pack14(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(14, current, previous, base, target, blocks); }
function pack15(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(15, current, previous, base, target, blocks); }
function pack16(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(16, current, previous, base, target, blocks); }
function pack17(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(17, current, previous, base, target, blocks); }
function pack18(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(18, current, previous, base, target, blocks); }
function pack19(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(19, current, previous, base, target, blocks); }
function pack20(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(20, current, previous, base, target, blocks); }
function pack21(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(21, current, previous, base, target, blocks); }
function pack22(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(22, current, previous, base, target, blocks); }
function pack23(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(23, current, previous, base, target, blocks); }
function pack24(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(24, current, previous, base, target, blocks); }
function pack25(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(25, current, previous, base, target, blocks); }
function pack26(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(26, current, previous, base, target, blocks); }
function pack27(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(27, current, previous, base, target, blocks); }
function pack28(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(28, current, previous, base, target, blocks); }
function pack29(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(29, current, previous, base, target, blocks); }
function pack30(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(30, current, previous, base, target, blocks); }
function pack31(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(31, current, previous, base, target, blocks); }
function pack32(current: usize, previous: usize, base: v128, target: usize, blocks: u32): void { packWidth(32, current, previous, base, target, blocks); }

/** Packs `current - previous - base` of whole blocks. A width of 0 takes no bits. */
export function packBlocks(width: u32, current: usize, previous: usize, base: v128, target: usize, blocks: u32): void {
  switch (width) {
    case 1: return pack1(current, previous, base, target, blocks);
    case 2: return pack2(current, previous, base, target, blocks);
    case 3: return pack3(current, previous, base, target, blocks);
    case 4: return pack4(current, previous, base, target, blocks);
    case 5: return pack5(current, previous, base, target, blocks);
    case 6: return pack6(current, previous, base, target, blocks);
    case 7: return pack7(current, previous, base, target, blocks);
    case 8: return pack8(current, previous, base, target, blocks);
    case 9: return pack9(current, previous, base, target, blocks);
    case 10: return pack10(current, previous, base, target, blocks);
    case 11: return pack11(current, previous, base, target, blocks);
    case 12: return pack12(current, previous, base, target, blocks);
    case 13: return pack13(current, previous, base, target, blocks);
    case 14: return pack14(current, previous, base, target, blocks);
    case 15: return pack15(current, previous, base, target, blocks);
    case 16: return pack16(current, previous, base, target, blocks);
    case 17: return pack17(current, previous, base, target, blocks);
    case 18: return pack18(current, previous, base, target, blocks);
    case 19: return pack19(current, previous, base, target, blocks);
    case 20: return pack20(current, previous, base, target, blocks);
    case 21: return pack21(current, previous, base, target, blocks);
    case 22: return pack22(current, previous, base, target, blocks);
    case 23: return pack23(current, previous, base, target, blocks);
    case 24: return pack24(current, previous, base, target, blocks);
    case 25: return pack25(current, previous, base, target, blocks);
    case 26: return pack26(current, previous, base, target, blocks);
    case 27: return pack27(current, previous, base, target, blocks);
    case 28: return pack28(current, previous, base, target, blocks);
    case 29: return pack29(current, previous, base, target, blocks);
    case 30: return pack30(current, previous, base, target, blocks);
    case 31: return pack31(current, previous, base, target, blocks);
    case 32: return pack32(current, previous, base, target, blocks);
  }
}
