/** Makes the error of a fault; the caller chooses class and code. */
export type FaultError = (message: string) => Error;

/**
 * Reads the members of a foreign plain object one by one, each with its check, and refuses members nobody asked for:
 * a misspelt optional member must not pass as absent.
 */
export class ObjectFields {
  readonly #members: ReadonlyMap<string, unknown>;
  readonly #read = new Set<string>();
  readonly #fault: FaultError;

  /**
   * @param what names the object in messages
   * @throws the error of `fault` when `value` is no plain object
   */
  constructor(value: unknown, what: string, fault: FaultError) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw fault(`${what} must be an object`);
    }
    this.#members = new Map(Object.entries(value));
    this.#fault = fault;
  }

  text(name: string): string {
    const value = this.value(name);
    if (typeof value !== "string") throw this.#wrong(name, "a string", value);
    return value;
  }

  /** A finite number from `min` to `max`, both inclusive. */
  number(name: string, min: number, max: number): number {
    const value = this.value(name);
    if (typeof value !== "number" || !(value >= min && value <= max)) {
      throw this.#wrong(name, `a number from ${min} to ${max}`, value);
    }
    return value;
  }

  /** A whole number from `min` to `max`, both inclusive. */
  whole(name: string, min: number, max: number): number {
    const value = this.value(name);
    if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
      throw this.#wrong(name, `a whole number from ${min} to ${max}`, value);
    }
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value)) throw this.#wrong(name, "an array", value);
    return value;
  }

  /** The member as it is. A member that is `undefined` counts as missing. */
  value(name: string): unknown {
    this.#read.add(name);
    const value = this.#members.get(name);
    if (value === undefined) throw this.#fault(`${name} is missing`);
    return value;
  }

  /** Call last: refuses the first member that was not read. */
  refuseOthers(): void {
    for (const name of this.#members.keys()) {
      if (!this.#read.has(name)) {
        throw this.#fault(`unknown member name=${JSON.stringify(name.slice(0, 64))}`);
      }
    }
  }

  #wrong(name: string, expected: string, value: unknown): Error {
    const shown =
      typeof value === "number" || typeof value === "boolean"
        ? `value=${value}`
        : `type=${value === null ? "null" : Array.isArray(value) ? "array" : typeof value}`;
    return this.#fault(`${name} must be ${expected} ${shown}`);
  }
}
