/**
 * The shortest decimal text that reads back as the same float32: `16000.1`, where the same value printed as a double is
 * `16000.099609375`. Nine significant digits always suffice (IEEE 754-2019, 5.12.2).
 *
 * @param value a value that is exact as float32
 */
export function singlePrecisionText(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded.toString();
  }
  return Number(value.toPrecision(9)).toString();
}
