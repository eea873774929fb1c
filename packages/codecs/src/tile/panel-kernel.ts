import {
  BLOCK_BYTES,
  hasTileKernel,
  type KernelMemory,
  type KernelPlace,
  KernelWorkspace,
  loadTileKernel,
  type TileKernel,
} from "@foretile/kernels";

import { findDecimals, FLOAT_BITS, powerOf, unitOf } from "./decimal-lattice.ts";

/** Most values of a panel that is worked on in a kernel; larger ones are rare and keep to the plain way. */
const MOST_VALUES = 2 ** 22;

/** Where a panel's parts are in the kernel's memory. */
interface PanelPlace extends KernelPlace<TileKernel> {
  readonly body: number;
  readonly words: number;
  readonly integers: number;
  readonly zeros: number;
  readonly tail: number;
}

/**
 * Packs and unpacks panels in WebAssembly, bit for bit as the plain twins in `plain-packer.ts` and `decimal-lattice.ts`. Values
 * are copied into the kernel's memory and out of it, unless they are there already.
 */
export class PanelKernel {
  readonly #workspace: KernelWorkspace<TileKernel>;

  private constructor(shared: KernelMemory | undefined) {
    this.#workspace = new KernelWorkspace(loadTileKernel, shared);
  }

  /**
   * @param shared memory to work in; its own, as large as needed, when not given
   * @returns `undefined` where the kernel cannot run
   */
  static create(shared: KernelMemory | undefined): PanelKernel | undefined {
    return hasTileKernel() ? new PanelKernel(shared) : undefined;
  }

  /**
   * Packs a panel.
   *
   * @returns the packed panel, valid until the next call; `undefined` when there is no room for it
   */
  pack(words: Int32Array, simulations: number, steps: number): Uint8Array | undefined {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return undefined;
    const { kernel, body, zeros } = place;
    const source = placeWords(place, words);
    clearZeros(place, simulations);
    const length = kernel.measurePanel(source, simulations, steps, body, zeros);
    return packMeasured(place, source, simulations, steps, length);
  }

  /**
   * Packs float bits, or the decimal integers that stand for them where these take fewer bytes.
   *
   * @returns the packed panel, valid until the next call; `undefined` when there is no room for it
   */
  packLattice(
    words: Int32Array,
    simulations: number,
    steps: number,
  ): { readonly lattice: number; readonly packed: Uint8Array } | undefined {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return undefined;
    const { kernel, body, zeros, integers } = place;
    const source = placeWords(place, words);
    clearZeros(place, simulations);
    const measure = (from: number): number =>
      kernel.measurePanel(from, simulations, steps, body, zeros);
    const decimals = findDecimals(
      words,
      (count) =>
        kernel.floatsToDecimals(source, words.length, powerOf(count), unitOf(count), integers) ===
        1,
    );
    if (decimals !== undefined) {
      const most = measure(source);
      const length = measure(integers);
      if (length < most) {
        const packed = packMeasured(place, integers, simulations, steps, length);
        return { lattice: decimals, packed };
      }
    }
    const packed = packMeasured(place, source, simulations, steps, measure(source));
    return { lattice: FLOAT_BITS, packed };
  }

  /**
   * Unpacks a panel.
   *
   * @param bytes with widths and a length that have been checked
   * @param lattice what its words are: decimals, or {@link FLOAT_BITS}
   * @returns `false`, with nothing done, when there is no room for it
   */
  unpack(
    bytes: Uint8Array,
    lattice: number,
    simulations: number,
    steps: number,
    words: Int32Array,
  ): boolean {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return false;
    const { memory, kernel, body, tail } = place;
    memory.bytes.set(bytes, body);
    const inPlace = memory.addressOf(words);
    const target = inPlace ?? place.words;
    kernel.unpackPanel(body, simulations, steps, target, tail);
    if (lattice !== FLOAT_BITS) kernel.decimalsToFloats(target, words.length, unitOf(lattice));
    if (inPlace === undefined) words.set(memory.words(target, words.length));
    return true;
  }

  #placeFor(simulations: number, steps: number): PanelPlace | undefined {
    const values = simulations * steps;
    if (values > MOST_VALUES) return undefined;
    const valueBytes = roomFor(4 * values);
    const zeroBytes = roomFor(4 * simulations);
    // A packed panel is at most its values with every step filled up to four, behind widths and bases.
    const bodyBytes = roomFor(4 * (simulations + 3) * steps + 5 * steps + 3);
    const place = this.#workspace.take(bodyBytes + 2 * valueBytes + zeroBytes + BLOCK_BYTES);
    if (place === undefined) return undefined;
    const body = place.start;
    const words = body + bodyBytes;
    const integers = words + valueBytes;
    const zeros = integers + valueBytes;
    return { ...place, body, words, integers, zeros, tail: zeros + zeroBytes };
  }
}

/** Bytes of a region with a block behind it, up to a multiple of 16. */
function roomFor(byteLength: number): number {
  return Math.ceil((byteLength + BLOCK_BYTES) / 16) * 16;
}

/** @returns the words' address, where they are or where they were copied to */
function placeWords({ memory, words: address }: PanelPlace, words: Int32Array): number {
  const inPlace = memory.addressOf(words);
  if (inPlace !== undefined) return inPlace;
  memory.words(address, words.length).set(words);
  return address;
}

/** Regions of earlier panels may have been cut in other places. */
function clearZeros({ memory, zeros }: PanelPlace, simulations: number): void {
  memory.bytes.fill(0, zeros, zeros + 4 * simulations + BLOCK_BYTES);
}

/** Packs behind the head that was measured last. */
function packMeasured(
  { memory, kernel, body, zeros, tail }: PanelPlace,
  words: number,
  simulations: number,
  steps: number,
  length: number,
): Uint8Array {
  kernel.packPanel(words, simulations, steps, body, zeros, tail);
  return memory.bytes.subarray(body, body + length);
}
