import { compareUtf8 } from "@foretile/keyspace";
import { CodecError } from "../codec-error.ts";
import { ByteWriter } from "./byte-writer.ts";
import { MAX_DOCUMENT_DEPTH, type DocumentValue } from "./document-value.ts";

/**
 * Writes a value as msgpack, the one way: shortest forms, integers as integers, keys in the order of their UTF-8
 * bytes, float64 for every other number. docs/formats/document-v1.md has the rules.
 *
 * Any msgpack library reads this, but msgpackr cannot write it: it turns −0 into 0, writes integers from 2^32 on as float64, and picks a
 * map's form by its object's kind.
 *
 * @returns fresh bytes
 * @throws {CodecError} `invalid-argument` for a value without an encoding (`undefined`, a hole, a lone surrogate, a
 *   class instance, a small bigint, a cycle, …), `too-large` when it nests deeper than {@link MAX_DOCUMENT_DEPTH} or takes more than 1 GiB
 */
export function encodeCanonical(value: DocumentValue): Uint8Array {
  const writer = new ByteWriter();
  writeValue({ writer, ancestors: [] }, value, "value");
  return writer.toBytes();
}

interface Encoding {
  readonly writer: ByteWriter;
  /** The arrays and objects around the value, outermost first. */
  readonly ancestors: object[];
}

/** @param name the nearest key, for messages */
function writeValue(encoding: Encoding, value: unknown, name: string): void {
  const { writer } = encoding;
  switch (typeof value) {
    case "boolean":
      return writer.uint8(value ? 0xc3 : 0xc2);
    case "number":
      return writeNumber(writer, value);
    case "bigint":
      return writeBigint(writer, value, name);
    case "string":
      return writeString(writer, value, name);
    case "object":
      if (value === null) return writer.uint8(0xc0);
      if (value instanceof Uint8Array) return writeBinary(writer, value);
      return writeContainer(encoding, value, name);
    case "undefined":
    case "function":
    case "symbol":
      throw withoutEncoding(name, typeof value);
  }
}

function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return writeInteger(writer, value);
  writer.uint8(0xcb);
  // The bits of a NaN differ from one to the next; the literal's are always the same.
  writer.float64(Number.isNaN(value) ? Number.NaN : value);
}

function writeInteger(writer: ByteWriter, value: number): void {
  if (value >= 0) {
    if (value < 0x80) return writer.uint8(value);
    if (value < 0x100) return writeTagged(writer, 0xcc, 1, value);
    if (value < 0x1_0000) return writeTagged(writer, 0xcd, 2, value);
    if (value < 0x1_0000_0000) return writeTagged(writer, 0xce, 4, value);
    writer.uint8(0xcf);
    return writer.uint64(BigInt(value));
  }
  if (value >= -0x20) return writer.uint8(value);
  if (value >= -0x80) return writeTagged(writer, 0xd0, 1, value);
  if (value >= -0x8000) return writeTagged(writer, 0xd1, 2, value);
  if (value >= -0x8000_0000) return writeTagged(writer, 0xd2, 4, value);
  writer.uint8(0xd3);
  return writer.uint64(BigInt(value));
}

function writeTagged(writer: ByteWriter, tag: number, bytes: 1 | 2 | 4, value: number): void {
  writer.uint8(tag);
  if (bytes === 1) writer.uint8(value);
  else if (bytes === 2) writer.uint16(value);
  else writer.uint32(value);
}

function writeBigint(writer: ByteWriter, value: bigint, name: string): void {
  const safe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
  const signed = BigInt.asIntN(64, value) === value;
  const unsigned = BigInt.asUintN(64, value) === value;
  if (safe || !(signed || unsigned)) {
    throw new CodecError(
      "invalid-argument",
      `bigint must be a 64-bit integer that is not safe as a number key=${name} found=${value}`,
    );
  }
  writer.uint8(unsigned ? 0xcf : 0xd3);
  writer.uint64(value);
}

function writeString(writer: ByteWriter, value: string, name: string): void {
  if (!value.isWellFormed() || value.startsWith("\ufeff")) {
    throw new CodecError(
      "invalid-argument",
      `string must be well-formed and not start with a byte order mark key=${name}`,
    );
  }
  const bytes = new TextEncoder().encode(value);
  const { length } = bytes;
  if (length < 0x20) writer.uint8(0xa0 + length);
  else if (length < 0x100) writeTagged(writer, 0xd9, 1, length);
  else if (length < 0x1_0000) writeTagged(writer, 0xda, 2, length);
  else writeTagged(writer, 0xdb, 4, length);
  writer.bytes(bytes);
}

function writeBinary(writer: ByteWriter, value: Uint8Array): void {
  const { length } = value;
  if (length < 0x100) writeTagged(writer, 0xc4, 1, length);
  else if (length < 0x1_0000) writeTagged(writer, 0xc5, 2, length);
  else writeTagged(writer, 0xc6, 4, length);
  writer.bytes(value);
}

function writeContainer(encoding: Encoding, value: object, name: string): void {
  const { ancestors } = encoding;
  if (ancestors.includes(value)) {
    throw new CodecError("invalid-argument", `value contains itself key=${name}`);
  }
  if (ancestors.length === MAX_DOCUMENT_DEPTH) {
    throw new CodecError(
      "too-large",
      `value nests too deep limit=${MAX_DOCUMENT_DEPTH} key=${name}`,
    );
  }
  ancestors.push(value);
  if (Array.isArray(value)) writeArray(encoding, value, name);
  else writeObject(encoding, value, name);
  ancestors.pop();
}

function writeArray(encoding: Encoding, items: readonly unknown[], name: string): void {
  const { length } = items;
  if (length < 0x10) encoding.writer.uint8(0x90 + length);
  else if (length < 0x1_0000) writeTagged(encoding.writer, 0xdc, 2, length);
  else writeTagged(encoding.writer, 0xdd, 4, length);
  // By index, so that a hole is met as undefined.
  for (let index = 0; index < length; index += 1) {
    writeValue(encoding, items[index], `${name}[${index}]`);
  }
}

function writeObject(encoding: Encoding, value: object, name: string): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!plain || Object.getOwnPropertySymbols(value).length > 0) {
    throw withoutEncoding(name, "class instance or symbol key");
  }
  const keys = Object.keys(value).sort(compareUtf8);
  const { length } = keys;
  if (length < 0x10) encoding.writer.uint8(0x80 + length);
  else if (length < 0x1_0000) writeTagged(encoding.writer, 0xde, 2, length);
  else writeTagged(encoding.writer, 0xdf, 4, length);
  for (const key of keys) {
    if (key === "__proto__") throw withoutEncoding(name, "__proto__ key");
    writeString(encoding.writer, key, name);
    writeValue(encoding, (value as Readonly<Record<string, unknown>>)[key], key);
  }
}

function withoutEncoding(name: string, found: string): CodecError {
  return new CodecError(
    "invalid-argument",
    `value has no encoding in a document key=${name} found=${found}`,
  );
}
