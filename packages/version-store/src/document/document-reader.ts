import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Key } from "@foretile/storage";
import { VersionStoreError } from "../version-store-error.ts";
import { asKey } from "./stored-key.ts";

/**
 * Reads typed fields out of a decoded document and says which field is wrong.
 *
 * A document that passed its checksum and still has a wrong field was written by something else than this code, so
 * every mismatch is `data-integrity`.
 */
export class DocumentReader {
  readonly #fields: { readonly [name: string]: DocumentValue };
  readonly #what: string;

  /**
   * @param value a decoded document; anything but a map fails
   * @param what what is being read, for messages
   */
  constructor(value: DocumentValue | undefined, what: string) {
    if (
      typeof value !== "object" ||
      value === null ||
      Array.isArray(value) ||
      value instanceof Uint8Array
    ) {
      throw new VersionStoreError("data-integrity", `${what} is not a map`);
    }
    this.#fields = value as { readonly [name: string]: DocumentValue };
    this.#what = what;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name);
  }

  value(name: string): DocumentValue {
    const value = this.has(name) ? this.#fields[name] : undefined;
    return value === undefined ? this.#fail(name, "a value") : value;
  }

  /** What `read` reads, or `undefined` when the field is `null`. */
  optional<T>(name: string, read: () => T): T | undefined {
    return this.value(name) === null ? undefined : read();
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === "string" ? value : this.#fail(name, "text");
  }

  /** A key of a store. */
  key(name: string): Key {
    return asKey(this.value(name)) ?? this.#fail(name, "a key");
  }

  /** A safe integer ≥ `minimum` (default 0). */
  integer(name: string, minimum = 0): number {
    const value = this.value(name);
    return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum
      ? value
      : this.#fail(name, `an integer of at least ${minimum}`);
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    return typeof value === "boolean" ? value : this.#fail(name, "a boolean");
  }

  number(name: string): number {
    const value = this.value(name);
    return typeof value === "number" ? value : this.#fail(name, "a number");
  }

  /** Bytes, of exactly `length` when it is given. */
  bytes(name: string, length?: number): Uint8Array {
    const value = this.value(name);
    return value instanceof Uint8Array && (length === undefined || value.length === length)
      ? value
      : this.#fail(name, length === undefined ? "bytes" : `${length} bytes`);
  }

  list(name: string): readonly DocumentValue[] {
    const value = this.value(name);
    return Array.isArray(value) ? (value as readonly DocumentValue[]) : this.#fail(name, "a list");
  }

  /** A list of texts. */
  texts(name: string): readonly string[] {
    const list = this.list(name);
    return list.every((value) => typeof value === "string") ? list : this.#fail(name, "texts");
  }

  /** A list of maps, each read by `read`. */
  records<T>(name: string, read: (reader: DocumentReader) => T): T[] {
    return this.list(name).map((value, index) =>
      read(new DocumentReader(value, `${this.#what} ${name}[${index}]`)),
    );
  }

  record(name: string): DocumentReader {
    return new DocumentReader(this.value(name), `${this.#what} ${name}`);
  }

  /** Names of the fields in byte order. */
  names(): string[] {
    return Object.keys(this.#fields);
  }

  #fail(name: string, wanted: string): never {
    throw new VersionStoreError(
      "data-integrity",
      `${this.#what} has a wrong field field=${name} wanted=${JSON.stringify(wanted)}`,
    );
  }
}
