import { createHash } from "node:crypto";
import { Frame, NdArray } from "@foretile/version-store";

/** A value as plain JSON: equal exactly when the values are, bit for bit. */
export type Described =
  | null
  | string
  | number
  | boolean
  | readonly Described[]
  | { readonly [name: string]: Described };

/** Texts up to this length stand in the description themselves, longer ones by their hash. */
const longestText = 400;

/** Describes whatever a library may hold. */
export function described(value: unknown): Described {
  if (value instanceof Frame) {
    return {
      frame: value.columns.map(({ name, type, values }) => [name, type, elements(values)]),
      index: value.index
        ? [value.index.name, value.index.type, value.index.unit ?? null, elements(value.index.values)]
        : null,
      rows: value.rows,
    };
  }
  if (value instanceof NdArray) {
    return { array: [value.type, [...value.shape], elements(value.values)] };
  }
  return document(value);
}

function document(value: unknown): Described {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (value instanceof Uint8Array) return { bytes: elements(value) };
  if (Object.is(value, -0)) return { number: "-0" };
  if (Array.isArray(value)) return value.map(document);
  if (typeof value === "object" && value !== null) {
    const names = Object.keys(value).toSorted();
    const items = value as Readonly<Record<string, unknown>>;
    return { record: names.map((name) => [name, document(items[name])]) };
  }
  return value as Described;
}

function elements(values: ArrayBufferView | readonly string[]): string {
  if (ArrayBuffer.isView(values)) {
    const { buffer, byteOffset, byteLength } = values;
    return short(Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("hex"));
  }
  return short(JSON.stringify(values));
}

function short(text: string): string {
  if (text.length <= longestText) return text;
  return `sha256 ${createHash("sha256").update(text).digest("hex")}`;
}
