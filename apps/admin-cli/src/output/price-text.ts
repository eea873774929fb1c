import { singlePrecisionText } from "./single-precision-text.ts";

/** A price for a table: one that a tile can hold as it was published, one that was computed with 8 digits. */
export function priceText(price: number): string {
  if (Math.fround(price) === price) return singlePrecisionText(price);
  return Number(price.toPrecision(8)).toString();
}
