import type { DocumentValue } from "@foretile/codecs/msgpack";
import { CatalogError } from "../catalog-error.ts";

/** Reads typed fields of a stored document. One that passed its hash and is wrong was written by something else. */
export class DocumentFields {
  readonly #fields: { readonly [name: string]: DocumentValue };
  readonly #what: string;

  /** @throws {CatalogError} `damaged` for anything but a map */
  constructor(value: DocumentValue | undefined, what: string) {
    this.#what = what;
    if (
      typeof value !== "object" ||
      value === null ||
      Array.isArray(value) ||
      value instanceof Uint8Array
    ) {
      throw new CatalogError("damaged", `document is not a map what=${what}`);
    }
    this.#fields = value as { readonly [name: string]: DocumentValue };
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === "string" ? value : this.#fail(name);
  }

  /** A safe integer that is not negative. */
  integer(name: string): number {
    const value = this.#fields[name];
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#fail(name);
  }

  number(name: string): number {
    const value = this.#fields[name];
    return typeof value === "number" && Number.isFinite(value) ? value : this.#fail(name);
  }

  /** What `read` reads, or `undefined` when the field is `null`. */
  optional<T>(name: string, read: (fields: DocumentFields) => T): T | undefined {
    return this.#fields[name] === null ? undefined : read(this);
  }

  list(name: string): readonly DocumentValue[] {
    const value = this.#fields[name];
    return Array.isArray(value) ? (value as readonly DocumentValue[]) : this.#fail(name);
  }

  records<T>(name: string, read: (fields: DocumentFields) => T): T[] {
    return this.list(name).map((value) => read(new DocumentFields(value, this.#what)));
  }

  record(name: string): DocumentFields {
    return new DocumentFields(this.#fields[name], this.#what);
  }

  #fail(name: string): never {
    throw new CatalogError(
      "damaged",
      `document has a wrong field what=${this.#what} field=${name}`,
    );
  }
}
