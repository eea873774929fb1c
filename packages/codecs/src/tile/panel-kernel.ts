import {
  BLOCK_BYTES,
  type HashKernel,
  hasTileKernel,
  type KernelMemory,
  type KernelPlace,
  KernelWorkspace,
  LEAST_HASHED_BYTES,
  loadHashKernel,
  loadTileKernel,
  type TileKernel,
} from "@foretile/kernels";

import { findDecimals, FLOAT_BITS, powerOf, unitOf } from "./decimal-lattice.ts";
import { LATTICE_BYTES } from "./lattice-head.ts";
import { mostPackedBytes } from "./packed-layout.ts";
import type { PanelSteps } from "./tile-shape.ts";

/** Most values of a panel that is worked on in a kernel; larger ones are rare and keep to the plain way. */
const MOST_VALUES = 2 ** 22;

interface Kernels {
  readonly tile: TileKernel;
  readonly hash: HashKernel;
}

/** Where a panel's parts are in the kernels' memory. */
interface PanelPlace extends KernelPlace<Kernels> {
  readonly body: number;
  readonly words: number;
  readonly integers: number;
  readonly zeros: number;
  readonly tail: number;
}

/** The place of the panels that came last. */
interface LastPlace {
  readonly simulations: number;
  readonly steps: number;
  readonly place: PanelPlace;
}

/**
 * Packs, unpacks and hashes panels in WebAssembly, bit for bit as the plain twins in `plain-packer.ts` and
 * `decimal-lattice.ts` and as hash-wasm. Panels and values are copied into the kernels' memory and out of it, unless they
 * are there already.
 */
export class PanelKernel {
  readonly #workspace: KernelWorkspace<Kernels>;
  #last: LastPlace | undefined;

  private constructor(shared: KernelMemory | undefined) {
    this.#workspace = new KernelWorkspace(loadKernels, shared);
  }

  /**
   * @param shared memory to work in; its own, as large as needed, when not given
   * @returns `undefined` where the kernel cannot run
   */
  static create(shared: KernelMemory | undefined): PanelKernel | undefined {
    return hasTileKernel() ? new PanelKernel(shared) : undefined;
  }

  /**
   * Brings an encoded panel, not yet checked, to where it is hashed and unpacked without another copy.
   *
   * @returns the bytes in the kernels' memory, valid until the next call of anything but {@link hash128}; those given when
   *   they are there already, or when there is no room for them
   */
  bring(bytes: Uint8Array, simulations: number, steps: number): Uint8Array {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return bytes;
    const { memory, body, words } = place;
    if (memory.addressOf(bytes) !== undefined || bytes.length > words - body) return bytes;
    memory.bytes.set(bytes, body);
    return memory.bytes.subarray(body, body + bytes.length);
  }

  /**
   * The hash of bytes that are in the kernels' memory.
   *
   * @returns 16 bytes, valid until the next call; `undefined` for bytes elsewhere, and for very few
   */
  hash128(bytes: Uint8Array): Uint8Array | undefined {
    if (this.#last === undefined || bytes.length < LEAST_HASHED_BYTES) return undefined;
    const { memory, kernel } = this.#last.place;
    const address = memory.addressOf(bytes);
    return address === undefined ? undefined : kernel.hash.hash128(address, bytes.length);
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
    const length = kernel.tile.measurePanel(source, simulations, steps, body, zeros);
    return packMeasured(place, source, simulations, steps, length);
  }

  /**
   * Packs float bits, or the decimal integers that stand for them where these take fewer bytes.
   *
   * @param written most decimals with which the values were written, where that is known
   * @returns the packed panel, valid until the next call; `undefined` when there is no room for it
   */
  packLattice(
    words: Int32Array,
    simulations: number,
    steps: number,
    written?: number,
  ): { readonly lattice: number; readonly packed: Uint8Array } | undefined {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return undefined;
    const { kernel, body, zeros, integers } = place;
    const source = placeWords(place, words);
    clearZeros(place, simulations);
    const measure = (from: number): number =>
      kernel.tile.measurePanel(from, simulations, steps, body, zeros);
    const decimals = findDecimals(
      words,
      (count) =>
        kernel.tile.floatsToDecimals(
          source,
          words.length,
          powerOf(count),
          unitOf(count),
          integers,
        ) === 1,
      written,
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
   * Unpacks some steps of a panel.
   *
   * @param bytes with widths and a length that have been checked
   * @param lattice what its words are: decimals, or {@link FLOAT_BITS}
   * @param steps of the whole panel
   * @param words exactly those of the wanted steps
   * @returns `false`, with nothing done, when there is no room for it
   */
  unpack(
    bytes: Uint8Array,
    lattice: number,
    simulations: number,
    steps: number,
    wanted: PanelSteps,
    words: Int32Array,
  ): boolean {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return false;
    const { memory, kernel, body, tail } = place;
    const source = memory.addressOf(bytes) ?? body;
    if (memory.addressOf(bytes) === undefined) memory.bytes.set(bytes, body);
    const inPlace = memory.addressOf(words);
    const target = inPlace ?? place.words;
    kernel.tile.unpackPanel(source, simulations, steps, wanted.from, wanted.to, target, tail);
    if (lattice !== FLOAT_BITS) kernel.tile.decimalsToFloats(target, words.length, unitOf(lattice));
    if (inPlace === undefined) words.set(memory.words(target, words.length));
    return true;
  }

  #placeFor(simulations: number, steps: number): PanelPlace | undefined {
    if (this.#last?.simulations === simulations && this.#last.steps === steps) {
      return this.#last.place;
    }
    const place = this.#makePlace(simulations, steps);
    if (place !== undefined) this.#last = { simulations, steps, place };
    return place;
  }

  #makePlace(simulations: number, steps: number): PanelPlace | undefined {
    const values = simulations * steps;
    if (values > MOST_VALUES) return undefined;
    const valueBytes = roomFor(4 * values);
    const zeroBytes = roomFor(4 * simulations);
    const bodyBytes = roomFor(LATTICE_BYTES + mostPackedBytes(simulations, steps));
    const place = this.#workspace.take(bodyBytes + 2 * valueBytes + zeroBytes + BLOCK_BYTES);
    if (place === undefined) return undefined;
    const body = place.start;
    const words = body + bodyBytes;
    const integers = words + valueBytes;
    const zeros = integers + valueBytes;
    return { ...place, body, words, integers, zeros, tail: zeros + zeroBytes };
  }
}

function loadKernels(memory: KernelMemory): Kernels | undefined {
  const tile = loadTileKernel(memory);
  const hash = loadHashKernel(memory);
  return tile && hash && { tile, hash };
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
  kernel.tile.packPanel(words, simulations, steps, body, zeros, tail);
  return memory.bytes.subarray(body, body + length);
}
