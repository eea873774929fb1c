import {
  BLOCK_BYTES,
  hasTileKernel,
  type KernelMemory,
  type KernelPlace,
  KernelWorkspace,
  loadTileKernel,
  type TileKernel,
} from "@foretile/kernels";

/** Most values of a panel that is worked on in a kernel; larger ones are rare and keep to the plain way. */
const MOST_VALUES = 2 ** 22;

/** Where a panel's parts are in the kernel's memory. */
interface PanelPlace extends KernelPlace<TileKernel> {
  readonly body: number;
  readonly words: number;
  readonly zeros: number;
  readonly tail: number;
}

/**
 * Packs and unpacks panels in WebAssembly, bit for bit as the plain twin in `pack-panel.ts` and `bit-lanes.ts`. Values
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
    const { memory, kernel, body, zeros, tail } = place;
    const source = memory.addressOf(words) ?? copyIn(memory, words, place.words);
    memory.bytes.fill(0, zeros, zeros + 4 * simulations + BLOCK_BYTES);
    const length = kernel.measurePanel(source, simulations, steps, body, zeros);
    kernel.packPanel(source, simulations, steps, body, zeros, tail);
    return memory.bytes.subarray(body, body + length);
  }

  /**
   * Unpacks a panel.
   *
   * @param bytes with widths and a length that have been checked
   * @returns `false`, with nothing done, when there is no room for it
   */
  unpack(bytes: Uint8Array, simulations: number, steps: number, words: Int32Array): boolean {
    const place = this.#placeFor(simulations, steps);
    if (place === undefined) return false;
    const { memory, kernel, body, tail } = place;
    memory.bytes.set(bytes, body);
    const inPlace = memory.addressOf(words);
    const target = inPlace ?? place.words;
    kernel.unpackPanel(body, simulations, steps, target, tail);
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
    const place = this.#workspace.take(bodyBytes + valueBytes + zeroBytes + BLOCK_BYTES);
    if (place === undefined) return undefined;
    const body = place.start;
    const words = body + bodyBytes;
    const zeros = words + valueBytes;
    return { ...place, body, words, zeros, tail: zeros + zeroBytes };
  }
}

/** Bytes of a region with a block behind it, up to a multiple of 16. */
function roomFor(byteLength: number): number {
  return Math.ceil((byteLength + BLOCK_BYTES) / 16) * 16;
}

function copyIn(memory: KernelMemory, words: Int32Array, address: number): number {
  memory.words(address, words.length).set(words);
  return address;
}
