import { VersionStoreError } from "../version-store-error.ts";

/** The typed array of each numeric type. */
export interface NumericArrays {
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float32: Float32Array;
  float64: Float64Array;
}

export type NumericType = keyof NumericArrays;

export type NumericArray = NumericArrays[NumericType];

interface ElementTraits {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly kind: "signed" | "unsigned" | "float";
  /** Every integer of this many bits (without sign) is a value of the type. */
  readonly integerBits: number;
  readonly make: (length: number) => NumericArray;
}

/** What is known about each numeric type, the narrower ones first. */
export const ELEMENT_TYPES: { readonly [T in NumericType]: ElementTraits } = {
  int8: { bytes: 1, kind: "signed", integerBits: 7, make: (n) => new Int8Array(n) },
  uint8: { bytes: 1, kind: "unsigned", integerBits: 8, make: (n) => new Uint8Array(n) },
  int16: { bytes: 2, kind: "signed", integerBits: 15, make: (n) => new Int16Array(n) },
  uint16: { bytes: 2, kind: "unsigned", integerBits: 16, make: (n) => new Uint16Array(n) },
  int32: { bytes: 4, kind: "signed", integerBits: 31, make: (n) => new Int32Array(n) },
  uint32: { bytes: 4, kind: "unsigned", integerBits: 32, make: (n) => new Uint32Array(n) },
  int64: { bytes: 8, kind: "signed", integerBits: 63, make: (n) => new BigInt64Array(n) },
  uint64: { bytes: 8, kind: "unsigned", integerBits: 64, make: (n) => new BigUint64Array(n) },
  float32: { bytes: 4, kind: "float", integerBits: 24, make: (n) => new Float32Array(n) },
  float64: { bytes: 8, kind: "float", integerBits: 53, make: (n) => new Float64Array(n) },
};

// Names of constructors rather than `instanceof`: a Buffer is a Uint8Array, a Uint8ClampedArray is none of ours.
const TYPE_OF_TAG: ReadonlyMap<string, NumericType> = new Map(
  Object.entries(ELEMENT_TYPES).map(([type, { make }]) => [
    make(0)[Symbol.toStringTag],
    type as NumericType,
  ]),
);

export function isNumericType(type: string): type is NumericType {
  return Object.hasOwn(ELEMENT_TYPES, type);
}

/** The numeric type of a typed array; `undefined` for anything else. */
export function numericTypeOf(values: unknown): NumericType | undefined {
  if (!ArrayBuffer.isView(values)) return undefined;
  return TYPE_OF_TAG.get(Object.prototype.toString.call(values).slice("[object ".length, -1));
}

/**
 * Zeros.
 *
 * @throws {VersionStoreError} `invalid-argument` when there is no memory for so many
 */
export function newElements(type: NumericType, length: number): NumericArray {
  try {
    return ELEMENT_TYPES[type].make(length);
  } catch (error) {
    throw new VersionStoreError(
      "invalid-argument",
      `value is too large for memory, handle it in smaller ranges type=${type} elements=${length}`,
      { cause: error },
    );
  }
}
