import type { Key } from "@foretile/storage";
import { blobKey, type BlobName } from "../library/keys.ts";

/** What is noted of a blob; a blob may bear several. */
const BLOB_MARKS = {
  /** It is in the store: a listing gave it. */
  listed: 1,
  /** A version that has to stay needs it, and nothing below it was found damaged. */
  reached: 2,
  /** A removal that is being collected names it. */
  condemned: 4,
  /** Something that has to stay names it, damaged or not. */
  named: 8,
} as const;

export type BlobMark = keyof typeof BLOB_MARKS;

const areas = ["s", "m", "v", "p", "x", "k", "c"] as const satisfies BlobName["area"][];

/** An area and an ordinal of eight digits in one number below 2^30. */
const ordinalBits = 27;

const firstCapacity = 1024;

/**
 * Every blob of a library with its length and marks, in about 26 bytes each plus one text per transaction: columns
 * instead of objects, found by an open hash table of row numbers. Rows are numbered from 0 in the order in which they
 * were added, and never go away.
 */
export class BlobTable {
  readonly #transactionIds: string[] = [];
  readonly #transactionNumbers = new Map<string, number>();
  #transactions = new Uint32Array(firstCapacity);
  #codes = new Uint32Array(firstCapacity);
  #lengths = new Float64Array(firstCapacity);
  #marks = new Uint8Array(firstCapacity);
  /** Row number + 1; 0 for an empty slot. A power of two, at least twice the capacity of the columns. */
  #slots = new Uint32Array(2 * firstCapacity);
  #size = 0;

  /** How many blobs. */
  get size(): number {
    return this.#size;
  }

  /** How many bytes the table takes, without the texts of transactions. */
  get byteLength(): number {
    return (
      this.#transactions.byteLength +
      this.#codes.byteLength +
      this.#lengths.byteLength +
      this.#marks.byteLength +
      this.#slots.byteLength
    );
  }

  /** The row of a blob, added with its length unless it is there. */
  add(blob: BlobName, length: number): number {
    const transaction = this.#transactionNumber(blob.transactionId);
    const code = codeOf(blob);
    const slot = this.#slot(transaction, code);
    const found = this.#slots[slot] ?? 0;
    if (found > 0) return found - 1;
    const row = this.#size;
    this.#size += 1;
    this.#slots[slot] = row + 1;
    this.#transactions[row] = transaction;
    this.#codes[row] = code;
    this.#lengths[row] = length;
    if (this.#size === this.#codes.length) this.#grow();
    return row;
  }

  /** The row of a blob, `undefined` when it is not there. */
  find(blob: BlobName): number | undefined {
    const transaction = this.#transactionNumbers.get(blob.transactionId);
    if (transaction === undefined) return undefined;
    const found = this.#slots[this.#slot(transaction, codeOf(blob))] ?? 0;
    return found > 0 ? found - 1 : undefined;
  }

  blobAt(row: number): BlobName {
    const code = this.#codes[row] ?? 0;
    return {
      area: this.areaAt(row),
      transactionId: this.#transactionIds[this.#transactions[row] ?? 0] ?? "",
      ordinal: code & (2 ** ordinalBits - 1),
    };
  }

  areaAt(row: number): BlobName["area"] {
    return areas[(this.#codes[row] ?? 0) >>> ordinalBits] ?? "s";
  }

  keyAt(row: number): Key {
    return blobKey(this.blobAt(row));
  }

  /** Bytes of a blob; of one that no listing gave, as many as are known of. */
  lengthAt(row: number): number {
    return this.#lengths[row] ?? 0;
  }

  /** Notes that a blob that no listing gave has at least so many bytes. */
  lengthen(row: number, length: number): void {
    this.#lengths[row] = Math.max(this.lengthAt(row), length);
  }

  has(row: number, mark: BlobMark): boolean {
    return ((this.#marks[row] ?? 0) & BLOB_MARKS[mark]) !== 0;
  }

  /** @returns whether it did not bear the mark before */
  mark(row: number, mark: BlobMark): boolean {
    const before = this.#marks[row] ?? 0;
    this.#marks[row] = before | BLOB_MARKS[mark];
    return (before & BLOB_MARKS[mark]) === 0;
  }

  unmark(row: number, mark: BlobMark): void {
    this.#marks[row] = (this.#marks[row] ?? 0) & ~BLOB_MARKS[mark];
  }

  /** Takes marks off all blobs. */
  unmarkAll(...marks: readonly BlobMark[]): void {
    const kept = ~marks.reduce((bits, mark) => bits | BLOB_MARKS[mark], 0);
    for (let row = 0; row < this.#size; row += 1) {
      this.#marks[row] = (this.#marks[row] ?? 0) & kept;
    }
  }

  #transactionNumber(id: string): number {
    const known = this.#transactionNumbers.get(id);
    if (known !== undefined) return known;
    const number = this.#transactionIds.length;
    this.#transactionIds.push(id);
    this.#transactionNumbers.set(id, number);
    return number;
  }

  /** Where a blob is, or would be, in the hash table. */
  #slot(transaction: number, code: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(transaction, code) & mask;
    for (;;) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row === -1) return slot;
      if (this.#codes[row] === code && this.#transactions[row] === transaction) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#codes.length;
    this.#transactions = copyInto(new Uint32Array(capacity), this.#transactions);
    this.#codes = copyInto(new Uint32Array(capacity), this.#codes);
    this.#lengths = copyInto(new Float64Array(capacity), this.#lengths);
    this.#marks = copyInto(new Uint8Array(capacity), this.#marks);
    this.#slots = new Uint32Array(2 * capacity);
    for (let row = 0; row < this.#size; row += 1) {
      this.#slots[this.#slot(this.#transactions[row] ?? 0, this.#codes[row] ?? 0)] = row + 1;
    }
  }
}

function codeOf({ area, ordinal }: BlobName): number {
  return areas.indexOf(area) * 2 ** ordinalBits + ordinal;
}

/** Neighbouring ordinals of one transaction end up far apart, as do those of neighbouring transactions. */
function hashOf(transaction: number, code: number): number {
  let hash = Math.imul(transaction, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function copyInto<T extends Uint32Array | Float64Array | Uint8Array>(target: T, source: T): T {
  target.set(source);
  return target;
}
