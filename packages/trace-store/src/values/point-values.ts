import type { Part } from "@foretile/version-store";
import { damagedSegment } from "../segment/damaged-segment.ts";
import {
  DIGEST_BYTES,
  MAX_VALUE_BYTES,
  type TraceValueOf,
  type TraceValuesOf,
  type TraceValueType,
} from "../trace-values.ts";

/** Words of 32 bits that one value takes; `bytes` are kept as they are. */
const WORDS: Readonly<Record<TraceValueType, number>> = {
  float32: 1,
  float64: 2,
  digest: DIGEST_BYTES / 4,
  bytes: 0,
};

const ELEMENT_BYTES: Readonly<Record<TraceValueType, Part["elementBytes"]>> = {
  float32: 4,
  float64: 8,
  digest: 1,
  bytes: 1,
};

/** So few words are moved one by one: views to move them together cost more. */
const FEW_WORDS = 64;

/** Bytes that a value takes in memory; for `bytes` what its reference takes. */
export function bytesPerValue(type: TraceValueType): number {
  return type === "bytes" ? 8 : 4 * WORDS[type];
}

/** How many parts of a segment the values take. */
export function partsOfValues(type: TraceValueType): number {
  return type === "bytes" ? 2 : 1;
}

/** Values of one type by place. Numbers are moved as words, so that their bits stay as they are. */
export class PointValues {
  readonly type: TraceValueType;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #items: (Uint8Array | undefined)[];
  /** The words as what they mean. */
  readonly #view: TraceValuesOf[TraceValueType];

  private constructor(
    type: TraceValueType,
    words: Uint32Array<ArrayBuffer>,
    items: (Uint8Array | undefined)[],
  ) {
    this.type = type;
    this.#words = words;
    this.#items = items;
    this.#view = exposed(type, words, items);
  }

  /** All of them zero, or `undefined`. */
  static create(type: TraceValueType, count: number): PointValues {
    const words = new Uint32Array(count * WORDS[type]);
    const items = type === "bytes" ? Array.from<Uint8Array | undefined>({ length: count }) : [];
    return new PointValues(type, words, items);
  }

  /** A view of values that somebody else holds; a copy where they are not aligned. */
  static over<V extends TraceValueType>(type: V, values: TraceValuesOf[V]): PointValues {
    if (type === "bytes") {
      return new PointValues(type, new Uint32Array(), [...(values as TraceValuesOf["bytes"])]);
    }
    return new PointValues(type, wordsOf(type, values as TraceValuesOf["float32" | "digest"]), []);
  }

  get length(): number {
    return this.type === "bytes" ? this.#items.length : this.#words.length / WORDS[this.type];
  }

  /** The values as they are given to callers; a view. */
  expose(): TraceValuesOf[TraceValueType] {
    return this.#view;
  }

  /** One value as it is given to callers, copied. */
  valueAt(place: number): TraceValuesOf[TraceValueType] {
    if (this.type === "bytes") {
      return [this.#items[place]?.slice()];
    }
    const stride = WORDS[this.type];
    const words = this.#words.slice(place * stride, (place + 1) * stride);
    return exposed(this.type, words, []);
  }

  /** @param value of the type, checked before; bytes are copied */
  set(place: number, value: TraceValueOf[TraceValueType]): void {
    if (typeof value === "number") (this.#view as Float32Array | Float64Array)[place] = value;
    else if (this.type === "bytes") this.#items[place] = value.slice();
    else (this.#view as Uint8Array).set(value, place * DIGEST_BYTES);
  }

  /** Takes `count` values of another one of the same type. */
  copy(source: PointValues, from: number, place: number, count: number): void {
    if (this.type === "bytes") {
      for (let index = 0; index < count; index += 1) {
        this.#items[place + index] = source.#items[from + index];
      }
      return;
    }
    const stride = WORDS[this.type];
    if (count * stride <= FEW_WORDS) {
      const words = source.#words;
      let at = from * stride;
      const end = (place + count) * stride;
      for (let to = place * stride; to < end; to += 1, at += 1) {
        this.#words[to] = words[at] as number;
      }
      return;
    }
    const words = source.#words.subarray(from * stride, (from + count) * stride);
    this.#words.set(words, place * stride);
  }

  /** Makes a value zero, or `undefined`. */
  clear(place: number): void {
    const stride = WORDS[this.type];
    if (this.type === "bytes") this.#items[place] = undefined;
    else this.#words.fill(0, place * stride, (place + 1) * stride);
  }

  /** Some of them, as a view. */
  slice(from: number, to: number): PointValues {
    const stride = WORDS[this.type];
    return new PointValues(
      this.type,
      this.#words.subarray(from * stride, to * stride),
      this.#items.slice(from, to),
    );
  }

  /** A text that is the same for the same bits. */
  bitsAt(place: number): string {
    if (this.type === "bytes") return String.fromCharCode(...(this.#items[place] ?? []));
    const stride = WORDS[this.type];
    let bits = "";
    for (let word = place * stride; word < (place + 1) * stride; word += 1) {
      const value = this.#words[word] as number;
      bits += String.fromCharCode(value & 0xffff, value >>> 16);
    }
    return bits;
  }

  /** As parts of a segment, views where that can be. */
  toParts(): Part[] {
    if (this.type === "bytes") {
      const lengths = Uint8Array.from(this.#items, (item) => item?.length ?? 0);
      const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
      let at = 0;
      for (const item of this.#items) {
        if (item === undefined) continue;
        bytes.set(item, at);
        at += item.length;
      }
      return [
        { bytes: lengths, elementBytes: 1 },
        { bytes, elementBytes: 1 },
      ];
    }
    const { buffer, byteOffset, byteLength } = this.#words;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return [{ bytes, elementBytes: ELEMENT_BYTES[this.type] }];
  }

  /**
   * What {@link toParts} wrote.
   *
   * @param count how many values there must be
   * @throws {TraceStoreError} `tile-damaged`
   */
  static fromParts(
    type: TraceValueType,
    parts: readonly (Part | undefined)[],
    count: number,
  ): PointValues {
    const [first, second] = parts;
    if (first === undefined || first.elementBytes !== ELEMENT_BYTES[type]) {
      throw damagedSegment("values are of another type");
    }
    if (type === "bytes")
      return new PointValues(type, new Uint32Array(), itemsOf(first, second, count));
    if (first.bytes.length !== count * 4 * WORDS[type]) {
      throw damagedSegment("values are not as many as their marks say");
    }
    return new PointValues(type, wordsOf(type, first.bytes), []);
  }
}

/** Whether a caller's value is one of a type; if not, why. */
export function faultOfValue(type: TraceValueType, value: unknown): string | undefined {
  if (type === "float32" || type === "float64") {
    if (typeof value !== "number") return `value must be a number type=${typeof value}`;
    if (Number.isNaN(value)) return "value is NaN; say that the point is invalid instead";
    const isLost =
      type === "float32" && Number.isFinite(value) && !Number.isFinite(Math.fround(value));
    return isLost ? `value is beyond float32 value=${value}` : undefined;
  }
  if (!(value instanceof Uint8Array)) return `value must be bytes type=${typeof value}`;
  if (type === "digest" && value.length !== DIGEST_BYTES) {
    return `digest must have ${DIGEST_BYTES} bytes length=${value.length}`;
  }
  if (value.length > MAX_VALUE_BYTES) {
    return `value has more than ${MAX_VALUE_BYTES} bytes length=${value.length}`;
  }
  return undefined;
}

function itemsOf(lengths: Part, data: Part | undefined, count: number): Uint8Array[] {
  if (data === undefined || lengths.bytes.length !== count) {
    throw damagedSegment("values are not as many as their marks say");
  }
  let at = 0;
  const found = Array.from(lengths.bytes, (length) => {
    at += length;
    return data.bytes.slice(at - length, at);
  });
  if (at !== data.bytes.length) throw damagedSegment("values have other lengths than they say");
  return found;
}

function wordsOf(
  type: TraceValueType,
  { buffer, byteOffset, byteLength }: Uint8Array | Float32Array | Float64Array,
): Uint32Array<ArrayBuffer> {
  const alignment = type === "float64" ? 8 : 4;
  if (byteOffset % alignment === 0 && buffer instanceof ArrayBuffer) {
    return new Uint32Array(buffer, byteOffset, byteLength / 4);
  }
  const copy = new Uint8Array(buffer, byteOffset, byteLength).slice();
  return new Uint32Array(copy.buffer, 0, byteLength / 4);
}

function exposed(
  type: TraceValueType,
  { buffer, byteOffset, byteLength, length }: Uint32Array<ArrayBuffer>,
  values: (Uint8Array | undefined)[],
): TraceValuesOf[TraceValueType] {
  if (type === "bytes") return values;
  if (type === "float32") return new Float32Array(buffer, byteOffset, length);
  if (type === "digest") return new Uint8Array(buffer, byteOffset, byteLength);
  return new Float64Array(buffer, byteOffset, length / 2);
}
