import { VersionStoreError } from "../version-store-error.ts";
import {
  numericTypeOf,
  type NumericArray,
  type NumericArrays,
  type NumericType,
} from "./element-type.ts";

export type ColumnType = NumericType | "bool" | "string";

/** A named run of numbers. `type` tells which typed array `values` is. */
export type NumericColumn = {
  [T in NumericType]: {
    readonly name: string;
    readonly type: T;
    readonly values: NumericArrays[T];
  };
}[NumericType];

/** `values` has 0 for false and 1 for true. */
export interface BoolColumn {
  readonly name: string;
  readonly type: "bool";
  readonly values: Uint8Array;
}

/** Well-formed text: no lone surrogates. */
export interface StringColumn {
  readonly name: string;
  readonly type: "string";
  readonly values: string[];
}

export type Column = NumericColumn | BoolColumn | StringColumn;

/**
 * What a column can be made of. The type follows from the array: a typed array's own, `string` or `bool` for lists. An
 * empty list, and bytes that are booleans, need their type by name; a {@link Column} has it.
 */
export type ColumnInput =
  | NumericArray
  | readonly string[]
  | readonly boolean[]
  | { readonly type: "string"; readonly values: readonly string[] }
  | { readonly type: "bool"; readonly values: readonly boolean[] | Uint8Array }
  | { readonly type: NumericType; readonly values: NumericArray };

/** Longest column name in UTF-16 units; names are repeated in every manifest. */
const MAX_NAME_LENGTH = 1024;

/**
 * Checks the name of a column, an index or another thing that documents keep.
 *
 * @throws {VersionStoreError} `invalid-argument`
 */
export function checkColumnName(name: unknown): asserts name is string {
  const fits =
    typeof name === "string" &&
    name.length > 0 &&
    name.length <= MAX_NAME_LENGTH &&
    name.isWellFormed() &&
    !name.startsWith("\ufeff");
  if (fits) return;
  throw new VersionStoreError(
    "invalid-argument",
    `column name must be well-formed text of 1 to ${MAX_NAME_LENGTH} units without a byte order mark name=${JSON.stringify(name)}`,
  );
}

/**
 * Makes a column. Typed arrays are used as they are, lists are copied.
 *
 * @throws {VersionStoreError} `invalid-argument` when the name or a value does not fit
 */
export function makeColumn(name: string, input: ColumnInput): Column {
  checkColumnName(name);
  const { type, values } = typedInput(name, input);
  if (type === "bool") return { name, type, values: toBooleanBytes(name, values) };
  if (type === "string") return { name, type, values: checkedTexts(name, values) };
  const found = numericTypeOf(values);
  if (found === type) return { name, type, values } as NumericColumn;
  throw wrongValues(name, `a typed array of ${type}`, found);
}

/** Refuses bytes of a boolean column that are neither 0 nor 1. */
export function checkBooleanBytes(name: string, bytes: Uint8Array): void {
  for (const byte of bytes) if (byte > 1) throw wrongValues(name, "booleans", byte);
}

/** Refuses what is not well-formed text. */
export function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value === "string" && value.isWellFormed()) return;
  throw wrongValues(name, "text without lone surrogates", value);
}

interface TypedInput {
  readonly type: ColumnType;
  readonly values: unknown;
}

function typedInput(name: string, input: ColumnInput): TypedInput {
  const numeric = numericTypeOf(input);
  if (numeric !== undefined) return { type: numeric, values: input };
  if (Array.isArray(input)) {
    const [first] = input as readonly unknown[];
    if (typeof first === "string") return { type: "string", values: input };
    if (typeof first === "boolean") return { type: "bool", values: input };
    throw wrongValues(
      name,
      "strings, booleans or a typed array, or for no values {type, values}",
      first,
    );
  }
  if (typeof input === "object" && input !== null && "type" in input) return input;
  throw wrongValues(name, "a typed array, strings or booleans", input);
}

function toBooleanBytes(name: string, values: unknown): Uint8Array {
  if (numericTypeOf(values) === "uint8") {
    checkBooleanBytes(name, values as Uint8Array);
    return values as Uint8Array;
  }
  if (!Array.isArray(values)) throw wrongValues(name, "booleans or bytes of 0 and 1", values);
  const bytes = new Uint8Array(values.length);
  for (const [at, value] of (values as readonly unknown[]).entries()) {
    if (typeof value !== "boolean") throw wrongValues(name, "booleans", value);
    bytes[at] = Number(value);
  }
  return bytes;
}

function checkedTexts(name: string, values: unknown): string[] {
  if (!Array.isArray(values)) throw wrongValues(name, "strings", values);
  // A hole is met as undefined here.
  const texts = [...(values as readonly unknown[])];
  for (const text of texts) checkText(name, text);
  return texts as string[];
}

function wrongValues(name: string, wanted: string, found: unknown): VersionStoreError {
  const shown = typeof found === "string" ? JSON.stringify(found.slice(0, 40)) : typeof found;
  return new VersionStoreError(
    "invalid-argument",
    `column has values of another kind column=${JSON.stringify(name)} wanted=${JSON.stringify(wanted)} found=${typeof found === "number" ? found : shown}`,
  );
}
