import { decimalsToFloats, findDecimals, FLOAT_BITS, floatsToDecimals } from "./decimal-lattice.ts";
import { checkPackedPanel } from "./packed-layout.ts";
import type { PanelKernel } from "./panel-kernel.ts";
import { PlainPacker } from "./plain-packer.ts";
import type { PanelSteps } from "./tile-shape.ts";

/** What a panel was packed as. */
export interface PackedLattice {
  /** Decimals of its integers, or {@link FLOAT_BITS}. */
  readonly lattice: number;
  readonly byteLength: number;
}

/** Packs panels in the kernel where it can, and plainly where not, with the same bytes. */
export class PanelPacker {
  readonly #kernel: PanelKernel | undefined;
  readonly #plain = new PlainPacker();
  #integers = new Int32Array(0);

  constructor(kernel?: PanelKernel) {
    this.#kernel = kernel;
  }

  /**
   * Packs words as they are.
   *
   * @param target 4-byte aligned, with room for the packed panel
   * @returns how many bytes of it were written
   */
  pack(words: Int32Array, simulations: number, steps: number, target: Uint8Array): number {
    const packed = this.#kernel?.pack(words, simulations, steps);
    if (packed === undefined) return this.#plain.pack(words, simulations, steps, target);
    target.set(packed);
    return packed.length;
  }

  /**
   * Packs float bits, or the decimal integers that stand for them where these take fewer bytes.
   *
   * @param written most decimals with which the values were written, where that is known
   */
  packLattice(
    words: Int32Array,
    simulations: number,
    steps: number,
    target: Uint8Array,
    written?: number,
  ): PackedLattice {
    const found = this.#kernel?.packLattice(words, simulations, steps, written);
    if (found !== undefined) {
      target.set(found.packed);
      return { lattice: found.lattice, byteLength: found.packed.length };
    }
    if (this.#integers.length < words.length) this.#integers = new Int32Array(words.length);
    const integers = this.#integers.subarray(0, words.length);
    const decimals = findDecimals(
      words,
      (count) => floatsToDecimals(words, count, integers),
      written,
    );
    const plain = this.#plain;
    const isSmaller =
      decimals !== undefined &&
      plain.measure(integers, simulations, steps) < plain.measure(words, simulations, steps);
    const chosen = isSmaller ? integers : words;
    return {
      lattice: isSmaller ? decimals : FLOAT_BITS,
      byteLength: plain.pack(chosen, simulations, steps, target),
    };
  }

  /**
   * Checks a panel and unpacks some of its steps.
   *
   * @param lattice what the words are: decimals, or {@link FLOAT_BITS}
   * @param steps of the whole panel
   * @param words exactly those of the wanted steps
   * @throws {CodecError} `damaged`, `not-canonical`
   */
  unpack(
    bytes: Uint8Array,
    lattice: number,
    simulations: number,
    steps: number,
    wanted: PanelSteps,
    words: Int32Array,
  ): void {
    checkPackedPanel(bytes, simulations, steps);
    if (this.#kernel?.unpack(bytes, lattice, simulations, steps, wanted, words) === true) return;
    this.#plain.unpack(bytes, simulations, steps, wanted, words);
    if (lattice !== FLOAT_BITS) decimalsToFloats(words, lattice);
  }
}
