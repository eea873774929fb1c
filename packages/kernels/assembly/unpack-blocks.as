/**
 * Bit-packing of one step in four lanes, as docs/formats/tile-frame-v1.md describes it: 32 rows of four values make a
 * block, which takes exactly `width` vectors. Wherever `unpackRow` is inlined, `row` and `width` are constants, so that
 * every shift and address is one too, and no branch is left. One function a width keeps the optimizer quick.
 */
import { BLOCK_BYTES } from "./block";

@inline
function unpackRow(width: i32, row: i32, source: usize, base: v128, previous: usize, target: usize): void {
  const shift = (row * width) & 31;
  const word = source + (((row * width) >> 5) << 4);
  const at = row << 4;
  let value = i32x4.shr_u(v128.load(word), shift);
  if (shift + width > 32) value = v128.or(value, i32x4.shl(v128.load(word + 16), 32 - shift));
  if (shift + width != 32) value = v128.and(value, i32x4.splat(<i32>(((<u64>1) << width) - 1)));
  v128.store(target + at, i32x4.add(i32x4.add(value, base), v128.load(previous + at)));
}

@inline
function unpackWidth(width: i32, source: usize, base: v128, previous: usize, target: usize, blocks: u32): void {
  for (; blocks > 0; blocks -= 1) {
    unpackRow(width, 0, source, base, previous, target);
    unpackRow(width, 1, source, base, previous, target);
    unpackRow(width, 2, source, base, previous, target);
    unpackRow(width, 3, source, base, previous, target);
    unpackRow(width, 4, source, base, previous, target);
    unpackRow(width, 5, source, base, previous, target);
    unpackRow(width, 6, source, base, previous, target);
    unpackRow(width, 7, source, base, previous, target);
    unpackRow(width, 8, source, base, previous, target);
    unpackRow(width, 9, source, base, previous, target);
    unpackRow(width, 10, source, base, previous, target);
    unpackRow(width, 11, source, base, previous, target);
    unpackRow(width, 12, source, base, previous, target);
    unpackRow(width, 13, source, base, previous, target);
    unpackRow(width, 14, source, base, previous, target);
    unpackRow(width, 15, source, base, previous, target);
    unpackRow(width, 16, source, base, previous, target);
    unpackRow(width, 17, source, base, previous, target);
    unpackRow(width, 18, source, base, previous, target);
    unpackRow(width, 19, source, base, previous, target);
    unpackRow(width, 20, source, base, previous, target);
    unpackRow(width, 21, source, base, previous, target);
    unpackRow(width, 22, source, base, previous, target);
    unpackRow(width, 23, source, base, previous, target);
    unpackRow(width, 24, source, base, previous, target);
    unpackRow(width, 25, source, base, previous, target);
    unpackRow(width, 26, source, base, previous, target);
    unpackRow(width, 27, source, base, previous, target);
    unpackRow(width, 28, source, base, previous, target);
    unpackRow(width, 29, source, base, previous, target);
    unpackRow(width, 30, source, base, previous, target);
    unpackRow(width, 31, source, base, previous, target);
    source += width << 4;
    previous += BLOCK_BYTES;
    target += BLOCK_BYTES;
  }
}

function unpack1(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(1, source, base, previous, target, blocks); }
function unpack2(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(2, source, base, previous, target, blocks); }
function unpack3(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(3, source, base, previous, target, blocks); }
function unpack4(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(4, source, base, previous, target, blocks); }
function unpack5(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(5, source, base, previous, target, blocks); }
function unpack6(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(6, source, base, previous, target, blocks); }
function unpack7(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(7, source, base, previous, target, blocks); }
function unpack8(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(8, source, base, previous, target, blocks); }
function unpack9(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(9, source, base, previous, target, blocks); }
function unpack10(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(10, source, base, previous, target, blocks); }
function unpack11(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(11, source, base, previous, target, blocks); }
function unpack12(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(12, source, base, previous, target, blocks); }
function unpack13(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(13, source, base, previous, target, blocks); }
function unpack14(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(14, source, base, previous, target, blocks); }
function unpack15(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(15, source, base, previous, target, blocks); }
function unpack16(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(16, source, base, previous, target, blocks); }
function unpack17(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(17, source, base, previous, target, blocks); }
function unpack18(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(18, source, base, previous, target, blocks); }
function unpack19(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(19, source, base, previous, target, blocks); }
function unpack20(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(20, source, base, previous, target, blocks); }
function unpack21(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(21, source, base, previous, target, blocks); }
function unpack22(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(22, source, base, previous, target, blocks); }
function unpack23(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(23, source, base, previous, target, blocks); }
function unpack24(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(24, source, base, previous, target, blocks); }
function unpack25(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(25, source, base, previous, target, blocks); }
function unpack26(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(26, source, base, previous, target, blocks); }
function unpack27(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(27, source, base, previous, target, blocks); }
function unpack28(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(28, source, base, previous, target, blocks); }
function unpack29(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(29, source, base, previous, target, blocks); }
function unpack30(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(30, source, base, previous, target, blocks); }
function unpack31(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(31, source, base, previous, target, blocks); }
function unpack32(source: usize, base: v128, previous: usize, target: usize, blocks: u32): void { unpackWidth(32, source, base, previous, target, blocks); }

/** Unpacks whole blocks of width 1 to 32: `target = previous + base + value`. `previous` may be `target`. */
export function unpackBlocks(width: u32, source: usize, base: v128, previous: usize, target: usize, blocks: u32): void {
  switch (width) {
    case 1: return unpack1(source, base, previous, target, blocks);
    case 2: return unpack2(source, base, previous, target, blocks);
    case 3: return unpack3(source, base, previous, target, blocks);
    case 4: return unpack4(source, base, previous, target, blocks);
    case 5: return unpack5(source, base, previous, target, blocks);
    case 6: return unpack6(source, base, previous, target, blocks);
    case 7: return unpack7(source, base, previous, target, blocks);
    case 8: return unpack8(source, base, previous, target, blocks);
    case 9: return unpack9(source, base, previous, target, blocks);
    case 10: return unpack10(source, base, previous, target, blocks);
    case 11: return unpack11(source, base, previous, target, blocks);
    case 12: return unpack12(source, base, previous, target, blocks);
    case 13: return unpack13(source, base, previous, target, blocks);
    case 14: return unpack14(source, base, previous, target, blocks);
    case 15: return unpack15(source, base, previous, target, blocks);
    case 16: return unpack16(source, base, previous, target, blocks);
    case 17: return unpack17(source, base, previous, target, blocks);
    case 18: return unpack18(source, base, previous, target, blocks);
    case 19: return unpack19(source, base, previous, target, blocks);
    case 20: return unpack20(source, base, previous, target, blocks);
    case 21: return unpack21(source, base, previous, target, blocks);
    case 22: return unpack22(source, base, previous, target, blocks);
    case 23: return unpack23(source, base, previous, target, blocks);
    case 24: return unpack24(source, base, previous, target, blocks);
    case 25: return unpack25(source, base, previous, target, blocks);
    case 26: return unpack26(source, base, previous, target, blocks);
    case 27: return unpack27(source, base, previous, target, blocks);
    case 28: return unpack28(source, base, previous, target, blocks);
    case 29: return unpack29(source, base, previous, target, blocks);
    case 30: return unpack30(source, base, previous, target, blocks);
    case 31: return unpack31(source, base, previous, target, blocks);
    case 32: return unpack32(source, base, previous, target, blocks);
  }
}
