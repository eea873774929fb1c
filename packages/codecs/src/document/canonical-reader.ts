import { CodecError } from "../codec-error.ts";
import type { DocumentValue } from "./document-value.ts";

/** Texts up to so many bytes are put together here when they are ASCII; longer ones are the platform's. */
const SHORT_TEXT_BYTES = 24;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the one encoding of a value that `encodeCanonical` writes, and refuses every other one.
 *
 * @param bytes that `scanMsgpack` has gone through: every length is backed by bytes, every token is one of a document
 */
export class CanonicalReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes;
    // Views of its own, because those of other classes may give out parts that share memory.
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  /**
   * @returns the next value, which shares no memory with the bytes
   * @throws {CodecError} `not-canonical`
   */
  value(): DocumentValue {
    const token = this.#bytes[this.#position] as number;
    this.#position += 1;
    if (token < 0x80) return token;
    if (token >= 0xe0) return token - 0x100;
    if (token < 0x90) return this.#map(token - 0x80);
    if (token < 0xa0) return this.#array(token - 0x90);
    if (token < 0xc0) return this.#text(token - 0xa0);
    switch (token) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
        return this.#binary(this.#unsigned(1, 0));
      case 0xc5:
        return this.#binary(this.#unsigned(2, 0x100));
      case 0xc6:
        return this.#binary(this.#unsigned(4, 0x1_0000));
      case 0xcb:
        return this.#float64();
      case 0xcc:
        return this.#unsigned(1, 0x80);
      case 0xcd:
        return this.#unsigned(2, 0x100);
      case 0xce:
        return this.#unsigned(4, 0x1_0000);
      case 0xcf:
        return this.#unsigned64();
      case 0xd0:
        return this.#negative(1, -0x20);
      case 0xd1:
        return this.#negative(2, -0x80);
      case 0xd2:
        return this.#negative(4, -0x8000);
      case 0xd3:
        return this.#negative64();
      case 0xd9:
        return this.#text(this.#unsigned(1, 0x20));
      case 0xda:
        return this.#text(this.#unsigned(2, 0x100));
      case 0xdb:
        return this.#text(this.#unsigned(4, 0x1_0000));
      case 0xdc:
        return this.#array(this.#unsigned(2, 0x10));
      case 0xdd:
        return this.#array(this.#unsigned(4, 0x1_0000));
      case 0xde:
        return this.#map(this.#unsigned(2, 0x10));
      case 0xdf:
        return this.#map(this.#unsigned(4, 0x1_0000));
      default:
        throw this.#refused("a token of no document");
    }
  }

  #array(count: number): DocumentValue {
    const items: DocumentValue[] = [];
    for (let index = 0; index < count; index += 1) items.push(this.value());
    return items;
  }

  #map(count: number): DocumentValue {
    const fields: { [key: string]: DocumentValue } = {};
    let beforeAt = 0;
    let beforeEnd = 0;
    for (let index = 0; index < count; index += 1) {
      const key = this.value() as string;
      const end = this.#position;
      const at = end - this.#textBytes;
      if (index > 0 && !this.#isAscending(beforeAt, beforeEnd, at, end)) {
        throw this.#refused("keys that are not ascending");
      }
      // Assigning it would change the object's prototype.
      if (key === "__proto__") throw this.#refused("a key __proto__");
      [beforeAt, beforeEnd] = [at, end];
      fields[key] = this.value();
    }
    return fields;
  }

  /** Bytes of the text that was read last. */
  #textBytes = 0;

  #text(length: number): string {
    const at = this.#position;
    const end = at + length;
    this.#position = end;
    this.#textBytes = length;
    if (length <= SHORT_TEXT_BYTES) {
      let text = "";
      for (let index = at; index < end; index += 1) {
        const byte = this.#bytes[index] as number;
        if (byte >= 0x80) return this.#utf8(at, end);
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return this.#utf8(at, end);
  }

  #utf8(at: number, end: number): string {
    let text: string;
    try {
      text = decoder.decode(this.#bytes.subarray(at, end));
    } catch (cause) {
      throw this.#refused("text that is not UTF-8", cause);
    }
    if (text.startsWith("\ufeff")) throw this.#refused("text with a byte order mark");
    return text;
  }

  #binary(length: number): Uint8Array {
    const at = this.#position;
    this.#position += length;
    return this.#bytes.slice(at, at + length);
  }

  #float64(): number {
    const at = this.#position;
    this.#position += 8;
    const value = this.#view.getFloat64(at);
    const isNan = this.#view.getUint32(at) === 0x7ff8_0000 && this.#view.getUint32(at + 4) === 0;
    if (Number.isNaN(value) ? !isNan : Number.isSafeInteger(value) && !Object.is(value, -0)) {
      throw this.#refused("a number in another form");
    }
    return value;
  }

  /** @param least that needs so many bytes */
  #unsigned(bytes: 1 | 2 | 4, least: number): number {
    const at = this.#position;
    this.#position += bytes;
    const view = this.#view;
    const value =
      bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
    if (value < least) throw this.#refused("a number or length in a longer form");
    return value;
  }

  /** @param end below which so many bytes are needed */
  #negative(bytes: 1 | 2 | 4, end: number): number {
    const at = this.#position;
    this.#position += bytes;
    const view = this.#view;
    const value =
      bytes === 1 ? view.getInt8(at) : bytes === 2 ? view.getInt16(at) : view.getInt32(at);
    if (value >= end) throw this.#refused("a number in a longer form");
    return value;
  }

  #unsigned64(): number | bigint {
    const value = this.#view.getBigUint64(this.#position);
    this.#position += 8;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) return value;
    if (value < 0x1_0000_0000n) throw this.#refused("a number in a longer form");
    return Number(value);
  }

  #negative64(): number | bigint {
    const value = this.#view.getBigInt64(this.#position);
    this.#position += 8;
    if (value < BigInt(Number.MIN_SAFE_INTEGER)) return value;
    if (value >= -0x8000_0000n) throw this.#refused("a number in a longer form");
    return Number(value);
  }

  /** Whether one text's bytes come before another's. */
  #isAscending(leftAt: number, leftEnd: number, rightAt: number, rightEnd: number): boolean {
    const bytes = this.#bytes;
    const common = Math.min(leftEnd - leftAt, rightEnd - rightAt);
    for (let index = 0; index < common; index += 1) {
      const difference = (bytes[leftAt + index] as number) - (bytes[rightAt + index] as number);
      if (difference !== 0) return difference < 0;
    }
    return leftEnd - leftAt < rightEnd - rightAt;
  }

  #refused(found: string, cause?: unknown): CodecError {
    return new CodecError(
      "not-canonical",
      `document has another encoding than the canonical one offset=${this.#position} found="${found}"`,
      { cause },
    );
  }
}
