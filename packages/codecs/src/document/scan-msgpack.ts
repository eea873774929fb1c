import { CodecError } from "../codec-error.ts";
import { MAX_DOCUMENT_DEPTH } from "./document-value.ts";

/**
 * Walks the tokens of one msgpack value without building it, so that the reader behind it only ever sees tokens that
 * documents have, and lengths that are backed by bytes.
 *
 * @throws {CodecError} `truncated`, `too-large` for deeper nesting than a document has, `not-canonical` for bytes after
 *   the value, for keys that are no strings and for types that no document has (float32, extensions)
 */
export function scanMsgpack(bytes: Uint8Array): void {
  const scan = new Scan(bytes);
  scan.value(0);
  if (scan.position !== bytes.length) {
    throw new CodecError(
      "not-canonical",
      `bytes follow the value used=${scan.position} length=${bytes.length}`,
    );
  }
}

class Scan {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @param depth arrays and maps around this value */
  value(depth: number): void {
    const token = this.#token();
    if (token < 0x80 || token >= 0xe0) return;
    if (token < 0x90) return this.#map(token - 0x80, depth);
    if (token < 0xa0) return this.#array(token - 0x90, depth);
    if (token < 0xc0) return this.#skip(token - 0xa0);
    switch (token) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return;
      case 0xc4:
      case 0xd9:
        return this.#skip(this.#length(1));
      case 0xc5:
      case 0xda:
        return this.#skip(this.#length(2));
      case 0xc6:
      case 0xdb:
        return this.#skip(this.#length(4));
      case 0xcc:
      case 0xd0:
        return this.#skip(1);
      case 0xcd:
      case 0xd1:
        return this.#skip(2);
      case 0xce:
      case 0xd2:
        return this.#skip(4);
      case 0xcb:
      case 0xcf:
      case 0xd3:
        return this.#skip(8);
      case 0xdc:
        return this.#array(this.#length(2), depth);
      case 0xdd:
        return this.#array(this.#length(4), depth);
      case 0xde:
        return this.#map(this.#length(2), depth);
      case 0xdf:
        return this.#map(this.#length(4), depth);
      default:
        throw this.#unexpected("documents have no such type", token);
    }
  }

  #array(count: number, depth: number): void {
    this.#enter(depth);
    // Every value takes a byte at least, so a count that is too high meets the end of the bytes.
    for (let index = 0; index < count; index += 1) this.value(depth + 1);
  }

  #map(count: number, depth: number): void {
    this.#enter(depth);
    for (let index = 0; index < count; index += 1) {
      const token = this.#bytes[this.position] ?? 0xa0;
      const isString = (token >= 0xa0 && token < 0xc0) || (token >= 0xd9 && token <= 0xdb);
      if (!isString) throw this.#unexpected("key is no string", token);
      this.value(depth + 1);
      this.value(depth + 1);
    }
  }

  #enter(depth: number): void {
    if (depth < MAX_DOCUMENT_DEPTH) return;
    throw new CodecError("too-large", `document nests too deep limit=${MAX_DOCUMENT_DEPTH}`);
  }

  #token(): number {
    this.#require(1);
    const token = this.#bytes[this.position] as number;
    this.position += 1;
    return token;
  }

  #length(bytes: 1 | 2 | 4): number {
    this.#require(bytes);
    const at = this.position;
    this.position += bytes;
    if (bytes === 1) return this.#view.getUint8(at);
    return bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #skip(count: number): void {
    this.#require(count);
    this.position += count;
  }

  #require(count: number): void {
    const neededBytes = this.position + count;
    if (neededBytes <= this.#bytes.length) return;
    throw new CodecError(
      "truncated",
      `document is cut off needed=${neededBytes} found=${this.#bytes.length}`,
      { details: { neededBytes } },
    );
  }

  #unexpected(what: string, token: number): CodecError {
    return new CodecError(
      "not-canonical",
      `${what} offset=${this.position} token=0x${token.toString(16)}`,
    );
  }
}
