/**
 * What a document can hold. Every value has exactly one encoding.
 *
 * - `number`: any; integers up to 2^53 − 1 are written as integers, the rest (−0 too) as float64
 * - `bigint`: only 64-bit integers that are not safe as a `number`
 * - `string`: well-formed (no lone surrogates) and not starting with U+FEFF, which readers drop
 * - objects: plain, with string keys other than `__proto__`; their order means nothing
 *
 * Interfaces are not assignable to the last form; declare documents as type aliases.
 */
export type DocumentValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly DocumentValue[]
  | { readonly [key: string]: DocumentValue };

/** Deepest nesting of arrays and objects. */
export const MAX_DOCUMENT_DEPTH = 64;
