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
  integers(name: string, minimum = 0): number[] {
    return this.#column(name, (value) => asInteger(value, minimum), "integers");
  }

  optionalIntegers(name: string, minimum = 0): (number | undefined)[] {
    return this.#column(
      name,
      (value) => asOptional(value, (v) => asInteger(v, minimum)),
      "integers",
    ).map(fromOptional);
  }

  texts(name: string): string[] {
    return this.#column(name, asText, "texts");
  }

  optionalTexts(name: string): (string | undefined)[] {
    return this.#column(name, (value) => asOptional(value, asText), "texts").map(fromOptional);
  }

  keys(name: string): Key[] {
    return this.#column(name, asKey, "keys");
  }

  values(name: string): DocumentValue[] {
    return this.#column(name, (value) => value, "values");
  }

  /** Byte strings of `each` bytes, stored one after the other. */
  fixedBytes(name: string, each: number): Uint8Array[] {
    const all = this.#reader.bytes(name, this.length * each);
    return Array.from({ length: this.length }, (_, index) =>
      all.subarray(index * each, (index + 1) * each),
    );
  }

  #column<T>(name: string, read: (value: DocumentValue) => T | undefined, wanted: string): T[] {
    const list = this.#reader.list(name);
    const column: T[] = [];
    for (const value of list) {
      const item = read(value);
      if (item === undefined) break;
      column.push(item);
    }
    if (column.length !== this.length || list.length !== this.length) {
      throw new VersionStoreError(
        "data-integrity",
        `${this.#what} has a wrong column column=${name} wanted="${this.length} ${wanted}"`,
      );
    }
    return column;
  }
}

/** `null` stands for "none", so that `undefined` can stand for "wrong". */
function asOptional<T>(
  value: DocumentValue,
  read: (value: DocumentValue) => T | undefined,
): T | null | undefined {
  return value === null ? null : read(value);
}

function fromOptional<T>(value: T | null): T | undefined {
  return value ?? undefined;
}

function asInteger(value: DocumentValue, minimum: number): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum
    ? value
    : undefined;
}

function asText(value: DocumentValue): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Byte strings of `each` bytes, one after the other, as {@link ColumnReader.fixedBytes} reads them. */
export function joinFixedBytes(items: readonly Uint8Array[], each: number): Uint8Array {
  const all = new Uint8Array(items.length * each);
  items.forEach((item, index) => {
    all.set(item, index * each);
  });
  return all;
}
