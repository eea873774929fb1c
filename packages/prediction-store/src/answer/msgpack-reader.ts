/**
 * What a MessagePack token is. `malformed`: the bytes end too early, or hold the one byte that starts nothing.
 */
export type MsgpackKind =
  | "null"
  | "boolean"
  | "integer"
  | "float"
  | "text"
  | "bytes"
  | "array"
  | "object"
  | "extension"
  | "malformed";

const TWO_TO_32 = 2 ** 32;

/**
 * Reads MessagePack tokens one after another, without making values of them. A declared length is believed only as far as
 * bytes follow. See https://github.com/msgpack/msgpack/blob/master/spec.md.
 */
export class MsgpackReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Offset behind the last token. */
  #at = 0;
  #number = 0;
  #length = 0;

  /** @param bytes kept and read, never written */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Offset behind the last token. */
  get offset(): number {
    return this.#at;
  }

  /** Of an integer or a float: its value, for integers beyond 2^53 the nearest double. */
  get number(): number {
    return this.#number;
  }

  /** Of an array its elements, of an object its members; they are the tokens that follow. */
  get count(): number {
    return this.#length;
  }

  /** Of a text or bytes: what it holds, a view. */
  get payload(): Uint8Array {
    return this.#bytes.subarray(this.#at - this.#length, this.#at);
  }

  /** Reads the next token: of arrays and objects the head, of everything else all. */
  read(): MsgpackKind {
    const first = this.#bytes[this.#at];
    if (first === undefined) return "malformed";
    this.#at += 1;
    if (first < 0x80) return this.#integer(first);
    if (first < 0x90) return this.#container("object", first - 0x80);
    if (first < 0xa0) return this.#container("array", first - 0x90);
    if (first < 0xc0) return this.#payloadOf("text", first - 0xa0);
    if (first >= 0xe0) return this.#integer(first - 0x100);
    return this.#readTyped(first);
  }

  /** Skips so many values, whatever they hold. Returns `false` when the bytes end too early or are malformed. */
  skip(values: number): boolean {
    let pending = values;
    while (pending > 0) {
      const kind = this.read();
      pending -= 1;
      if (kind === "malformed") return false;
      if (kind === "array") pending += this.#length;
      else if (kind === "object") pending += 2 * this.#length;
    }
    return true;
  }

  #readTyped(first: number): MsgpackKind {
    switch (first) {
      case 0xc0:
        return "null";
      case 0xc2:
      case 0xc3:
        return "boolean";
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#sized("bytes", 1 << (first - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#sized("extension", 1 << (first - 0xc7));
      case 0xca:
        return this.#float(4);
      case 0xcb:
        return this.#float(8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#unsigned(1 << (first - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#signed(1 << (first - 0xd0));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#payloadOf("extension", 1 + (1 << (first - 0xd4)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#sized("text", 1 << (first - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#sized("array", 2 << (first - 0xdc));
      case 0xde:
      case 0xdf:
        return this.#sized("object", 2 << (first - 0xde));
      default:
        // 0xc1, the byte that the format never uses.
        return "malformed";
    }
  }

  #integer(value: number): MsgpackKind {
    this.#number = value;
    return "integer";
  }

  #float(width: number): MsgpackKind {
    const at = this.#at;
    if (!this.#take(width)) return "malformed";
    this.#number = width === 4 ? this.#view.getFloat32(at) : this.#view.getFloat64(at);
    return "float";
  }

  #unsigned(width: number): MsgpackKind {
    const at = this.#at;
    if (!this.#take(width)) return "malformed";
    if (width === 1) return this.#integer(this.#view.getUint8(at));
    if (width === 2) return this.#integer(this.#view.getUint16(at));
    if (width === 4) return this.#integer(this.#view.getUint32(at));
    return this.#integer(this.#view.getUint32(at) * TWO_TO_32 + this.#view.getUint32(at + 4));
  }

  #signed(width: number): MsgpackKind {
    const at = this.#at;
    if (!this.#take(width)) return "malformed";
    if (width === 1) return this.#integer(this.#view.getInt8(at));
    if (width === 2) return this.#integer(this.#view.getInt16(at));
    if (width === 4) return this.#integer(this.#view.getInt32(at));
    return this.#integer(this.#view.getInt32(at) * TWO_TO_32 + this.#view.getUint32(at + 4));
  }

  /** Reads a length of `width` bytes and what it announces. */
  #sized(kind: "text" | "bytes" | "extension" | "array" | "object", width: number): MsgpackKind {
    if (this.#unsigned(width) === "malformed") return "malformed";
    const length = this.#number;
    if (kind === "array" || kind === "object") return this.#container(kind, length);
    // An extension has a byte for its type.
    return this.#payloadOf(kind, kind === "extension" ? length + 1 : length);
  }

  #container(kind: "array" | "object", count: number): MsgpackKind {
    this.#length = count;
    return kind;
  }

  #payloadOf(kind: "text" | "bytes" | "extension", length: number): MsgpackKind {
    this.#length = length;
    return this.#take(length) ? kind : "malformed";
  }

  #take(length: number): boolean {
    if (length > this.#bytes.length - this.#at) return false;
    this.#at += length;
    return true;
  }
}
