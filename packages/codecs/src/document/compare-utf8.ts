/**
 * Orders well-formed strings as their UTF-8 bytes: less than, equal to or greater than 0.
 *
 * UTF-16 order differs in one place: surrogates (characters from U+10000 on) come before U+E000 to U+FFFF.
 */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const leftUnit = left.charCodeAt(index);
    const rightUnit = right.charCodeAt(index);
    if (leftUnit !== rightUnit) return surrogatesLast(leftUnit) - surrogatesLast(rightUnit);
  }
  return left.length - right.length;
}

function surrogatesLast(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x2000 + 0x800 : unit;
}
