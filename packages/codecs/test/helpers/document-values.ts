import type { DocumentValue } from "@foretile/codecs/msgpack";
import * as fc from "fast-check";

const strings = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 70 }),
    fc.string({ unit: "binary", maxLength: 70 }),
    fc.constantFrom("", "\uffff", "😀", "x".repeat(31), "é".repeat(16), "y".repeat(256)),
  )
  .filter((text) => text.isWellFormed() && !text.startsWith("\ufeff"));

const numbers = fc.oneof(
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, 2 ** 31, 2 ** 32, -(2 ** 31), 2 ** 53, -(2 ** 53), 1e300),
);

const bigints = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
  .filter((value) => !Number.isSafeInteger(Number(value)));

/** Any document value: leaves of every kind, arrays and objects of them. */
export const documentValues: fc.Arbitrary<DocumentValue> = fc.letrec<{ value: DocumentValue }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        fc.constant(null),
        fc.boolean(),
        numbers,
        bigints,
        strings,
        fc.uint8Array({ maxLength: 300 }),
      ),
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(
        strings.filter((key) => key !== "__proto__"),
        tie("value"),
        { maxKeys: 20, noNullPrototype: true },
      ),
    ),
  }),
).value;
