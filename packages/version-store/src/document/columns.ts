import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Key } from "@foretile/storage";
import { VersionStoreError } from "../version-store-error.ts";
import type { DocumentReader } from "./document-reader.ts";
import { asKey } from "./stored-key.ts";

/**
 * Reads lists of records that are stored column by column: one list per field, all equally long.
 *
 * Every mismatch is `data-integrity`, as with single fields.
 */
export class ColumnReader {
  readonly #reader: DocumentReader;
  readonly #what: string;
  readonly length: number;

  constructor(reader: DocumentReader, what: string, length: number) {
    this.#reader = reader;
    this.#what = what;
    this.length = length;
  }

  /** Safe integers ≥ `minimum`. */
  integers(name: string, minimum = 0): readonly number[] {
    const isRight = (value: DocumentValue): value is number => isInteger(value, minimum);
    return this.#column(name, isRight, "integers");
  }

  optionalIntegers(name: string, minimum = 0): (number | undefined)[] {
    const isRight = (value: DocumentValue): value is number | null =>
      value === null || isInteger(value, minimum);
    return this.#column(name, isRight, "integers").map(fromOptional);
  }

  texts(name: string): readonly string[] {
    return this.#column(name, isText, "texts");
  }

  optionalTexts(name: string): (string | undefined)[] {
    return this.#column(name, isOptionalText, "texts").map(fromOptional);
  }

  keys(name: string): readonly Key[] {
    return this.#column(name, isKey, "keys");
  }

  values(name: string): readonly DocumentValue[] {
    return this.#column(name, isValue, "values");
  }

  /** Byte strings of `each` bytes, stored one after the other. */
  fixedBytes(name: string, each: number): Uint8Array[] {
    const all = this.#reader.bytes(name, this.length * each);
    return Array.from({ length: this.length }, (_, index) =>
      all.subarray(index * each, (index + 1) * each),
    );
  }

  /** The column as it was decoded, not copied: a request has thousands of items. */
  #column<T extends DocumentValue>(
    name: string,
    isRight: (value: DocumentValue) => value is T,
    wanted: string,
  ): readonly T[] {
    const list = this.#reader.list(name);
    if (list.length === this.length && list.every(isRight)) return list;
    throw new VersionStoreError(
      "data-integrity",
      `${this.#what} has a wrong column column=${name} wanted="${this.length} ${wanted}"`,
    );
  }
}

function fromOptional<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

function isInteger(value: DocumentValue, minimum: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum;
}

function isText(value: DocumentValue): value is string {
  return typeof value === "string";
}

function isOptionalText(value: DocumentValue): value is string | null {
  return value === null || isText(value);
}

function isKey(value: DocumentValue): value is Key {
  return asKey(value) !== undefined;
}

function isValue(_value: DocumentValue): _value is DocumentValue {
  return true;
}

/** Byte strings of `each` bytes, one after the other, as {@link ColumnReader.fixedBytes} reads them. */
export function joinFixedBytes(items: readonly Uint8Array[], each: number): Uint8Array {
  const all = new Uint8Array(items.length * each);
  items.forEach((item, index) => {
    all.set(item, index * each);
  });
  return all;
}
