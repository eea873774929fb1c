import {
  type KernelMemory,
  loadPriceKernel,
  PRICE_PLACES_BYTES,
  PRICE_POWERS,
  type PriceKernel,
  TEXT_SLACK_BYTES,
  writePricePlaces,
} from "@foretile/kernels";

import type { PathColumn } from "./prediction-builder.ts";

/** Texts that are no longer are read in the room; an answer of the network has 3 MB. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** Tiles of no more values are made in the room: 32 MiB. */
const MAX_TILE_VALUES = 8 * 1024 * 1024;

/** What a room takes of its memory. */
export const ROOM_BYTES: number =
  MAX_TEXT_BYTES +
  TEXT_SLACK_BYTES +
  4 * MAX_TILE_VALUES +
  8 * PRICE_POWERS +
  PRICE_PLACES_BYTES +
  64;

/** Where prices of a path were read to. */
export interface ReadPrices {
  /** How many were read. */
  readonly count: number;
  /** The offset of the first that was not; when all were, that behind the path's bracket. */
  readonly next: number;
  /** Most digits that one of them has behind its point. */
  readonly decimals: number;
}

/** What of a text and a tile is where in the room. */
interface Place {
  readonly kernel: PriceKernel;
  /** Address of the text. */
  readonly text: number;
  /** Address of the column's first value. */
  readonly first: number;
  /** In bytes. */
  readonly stride: number;
}

/**
 * Kernel memory in which one answer after the other is read: its text, and the tile made of it, which is there until the
 * next one. What does not fit is read elsewhere, slower, with the same outcome.
 */
export class AnswerRoom {
  readonly #memory: KernelMemory;
  readonly #kernel: PriceKernel | undefined;
  readonly #text: Uint8Array<ArrayBuffer>;
  readonly #tile: Float32Array<ArrayBuffer>;
  readonly #powers: number;
  readonly #places: number;

  /**
   * @param memory with {@link ROOM_BYTES} left
   * @throws {KernelError} `out-of-memory`
   */
  constructor(memory: KernelMemory) {
    this.#memory = memory;
    this.#kernel = loadPriceKernel(memory);
    const text = memory.allocate(MAX_TEXT_BYTES + TEXT_SLACK_BYTES);
    this.#text = memory.bytes.subarray(text, text + MAX_TEXT_BYTES);
    this.#tile = memory.float32(MAX_TILE_VALUES);
    this.#powers = memory.allocate(8 * PRICE_POWERS);
    const powers = new Float64Array(memory.memory.buffer, this.#powers, PRICE_POWERS);
    for (let power = 0; power < PRICE_POWERS; power += 1) powers[power] = 10 ** power;
    this.#places = memory.allocate(PRICE_PLACES_BYTES);
    writePricePlaces(memory.bytes.subarray(this.#places, this.#places + PRICE_PLACES_BYTES));
  }

  /** Copies a text into the room. */
  place(text: Uint8Array): Uint8Array {
    if (text.length > MAX_TEXT_BYTES) return text;
    this.#text.set(text);
    return this.#text.subarray(0, text.length);
  }

  /** Room for a tile, with the values of earlier ones. */
  tile(length: number): Float32Array<ArrayBuffer> {
    return length > MAX_TILE_VALUES ? new Float32Array(length) : this.#tile.subarray(0, length);
  }

  /**
   * Reads plain prices of a path, as `readJsonPath` would.
   *
   * @param bytes as {@link place} gave them; the last one is no digit
   * @param at the first price
   * @returns `undefined` when there is no kernel, or not all of it is in the room
   */
  readPrices(bytes: Uint8Array, at: number, column: PathColumn): ReadPrices | undefined {
    const place = this.#placeOf(bytes, column);
    if (place === undefined) return undefined;
    const { kernel, text, first, stride } = place;
    const end = kernel.readPrices(text + at, first, stride, column.steps, this.#powers);
    return { count: kernel.pointCount(), next: end - text, decimals: kernel.mostDecimals() };
  }

  /**
   * Reads paths that are plain from their first price to their last, as many as are read at once.
   *
   * @param bytes as {@link place} gave them; the last one is no digit
   * @param at the bracket of the first path
   * @param column of the first path; the others have those behind it
   * @returns how many points a path has, and the offset behind the last path; `undefined` when not all are plain, there is
   *   no kernel, or not all of it is in the room
   */
  readPaths(bytes: Uint8Array, at: number, column: PathColumn): ReadPrices | undefined {
    const place = this.#placeOf(bytes, column);
    if (place === undefined) return undefined;
    const { kernel, text, first, stride } = place;
    const end = kernel.readPaths(
      text + at,
      text + bytes.length,
      first,
      stride,
      column.steps,
      this.#powers,
      this.#places,
    );
    if (end === 0) return undefined;
    return { count: column.steps, next: end - text, decimals: kernel.mostDecimals() };
  }

  #placeOf(bytes: Uint8Array, { tile, first, stride }: PathColumn): Place | undefined {
    const kernel = this.#kernel;
    const text = this.#memory.addressOf(bytes);
    const values = this.#memory.addressOf(tile);
    if (kernel === undefined || text === undefined || values === undefined) return undefined;
    return { kernel, text, first: values + 4 * first, stride: 4 * stride };
  }
}
