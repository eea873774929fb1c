/**
 * Orders well-formed texts as their UTF-8 bytes, which is the order of code points: less than, equal to or greater
 * than 0.
 *
 * JavaScript's own order differs in one place: it has surrogates (characters from U+10000 on) before U+E000 to U+FFFF.
 */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const leftUnit = left.charCodeAt(at);
    const rightUnit = right.charCodeAt(at);
    if (leftUnit !== rightUnit) return surrogatesLast(leftUnit) - surrogatesLast(rightUnit);
  }
  return left.length - right.length;
}

function surrogatesLast(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x2800 : unit;
}
