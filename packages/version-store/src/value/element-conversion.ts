import { ELEMENT_TYPES, newElements, type NumericArray, type NumericType } from "./element-type.ts";

/** Whether every value of `narrow` is exactly a value of `wide`. */
export function holdsEvery(wide: NumericType, narrow: NumericType): boolean {
  const { kind: wideKind, integerBits: wideBits } = ELEMENT_TYPES[wide];
  const { kind, integerBits } = ELEMENT_TYPES[narrow];
  if (kind === "float") return wideKind === "float" && wideBits >= integerBits;
  if (kind === "signed" && wideKind === "unsigned") return false;
  return wideBits >= integerBits;
}

/**
 * The narrowest type that holds every value of both. A 64-bit integer and a float give float64, as is the custom,
 * though it rounds integers beyond 2^53. `undefined` for uint64 and a signed integer.
 */
export function commonType(left: NumericType, right: NumericType): NumericType | undefined {
  for (const type of Object.keys(ELEMENT_TYPES) as NumericType[]) {
    if (holdsEvery(type, left) && holdsEvery(type, right)) return type;
  }
  const kinds = [ELEMENT_TYPES[left].kind, ELEMENT_TYPES[right].kind];
  return kinds.includes("float") ? "float64" : undefined;
}

/**
 * A copy in another type.
 *
 * @param type one that holds every value of the array's type, or float64
 */
export function convertElements(values: NumericArray, type: NumericType): NumericArray {
  const converted = newElements(type, values.length);
  if (isBigintArray(values) === isBigintArray(converted)) {
    (converted as Float64Array).set(values as Float64Array);
  } else if (isBigintArray(converted)) {
    // One by one, as typed arrays never turn numbers to bigints by themselves.
    for (let at = 0; at < values.length; at += 1) converted[at] = BigInt(values[at] as number);
  } else {
    for (let at = 0; at < values.length; at += 1) converted[at] = Number(values[at]);
  }
  return converted;
}

/** Whether every integer is exactly a float64. */
export function fitFloat64(values: BigInt64Array | BigUint64Array): boolean {
  return values.every((value: bigint) => BigInt(Number(value)) === value);
}

export function isBigintArray(values: NumericArray): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}
