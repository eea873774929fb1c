import { KernelError } from "./kernel-error.ts";

const PAGE_BYTES = 65_536;

/** Of no region, so that no address is 0. The kernel of the hash keeps its secret there. */
const RESERVED_BYTES = 1_024;

/** Kernels work on whole blocks, which may reach beyond the last region. */
const SLACK_BYTES = 1_024;

const ALIGNMENT = 16;
const MOST_BYTES = 2 ** 31;

/**
 * Memory that kernels work in. It never grows, so that views of it stay valid, and nothing is given back: regions live
 * as long as the memory. The system hands out pages as they are used, so room that is never used costs addresses only.
 *
 * Share one to spare copies: a codec that decodes into an array of this memory writes it in place, and a score of such
 * a tile reads it in place.
 *
 * ```ts
 * const memory = new KernelMemory(8 * 2 ** 20);
 * const codec = await createTileCodec({ memory });
 * const workspace = new ScoreWorkspace({ memory });
 * const tile = memory.float32(1000 * 289);
 * codec.decode(bytes, tile);
 * scoreTile(tile, shape, realized, rules, workspace);
 * ```
 *
 * One thread's at a time, like everything that works in it.
 */
export class KernelMemory {
  /** What kernels import. */
  readonly memory: WebAssembly.Memory;
  /** All of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #end: number;
  #next = RESERVED_BYTES;

  /**
   * @param capacityBytes what {@link allocate} can give out together; 1 to 2^31
   * @throws {KernelError} `invalid-argument`; `out-of-memory` when the system refuses
   */
  constructor(capacityBytes: number) {
    if (!Number.isSafeInteger(capacityBytes) || capacityBytes < 1 || capacityBytes > MOST_BYTES) {
      throw new KernelError(
        "invalid-argument",
        `capacity must be an integer in range least=1 most=${MOST_BYTES} found=${capacityBytes}`,
      );
    }
    this.#end = RESERVED_BYTES + alignUp(capacityBytes);
    this.memory = makeMemory(Math.ceil((this.#end + SLACK_BYTES) / PAGE_BYTES));
    this.bytes = new Uint8Array(this.memory.buffer, 0, this.memory.buffer.byteLength);
  }

  /** Bytes that {@link allocate} can still give out. */
  get freeBytes(): number {
    return this.#end - this.#next;
  }

  /**
   * Gives out a region of zeros.
   *
   * @returns its address, a multiple of 16
   * @throws {KernelError} `invalid-argument`; `out-of-memory` when less than that is free
   */
  allocate(byteLength: number): number {
    if (!Number.isSafeInteger(byteLength) || byteLength < 0) {
      throw new KernelError("invalid-argument", `size must be a whole number found=${byteLength}`);
    }
    if (byteLength > this.freeBytes) {
      throw new KernelError(
        "out-of-memory",
        `kernel memory is full: make it larger needed=${byteLength} free=${this.freeBytes}`,
      );
    }
    const address = this.#next;
    this.#next = alignUp(address + byteLength);
    return address;
  }

  /**
   * An array in this memory, for tiles that are decoded and scored in place.
   *
   * @returns `length` zeros
   * @throws {KernelError} as {@link allocate}
   */
  float32(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.bytes.buffer, this.allocate(4 * length), length);
  }

  /** Words from an address on, as a view. */
  words(address: number, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.bytes.buffer, address, length);
  }

  /** Where `view` starts, when it is a view of this memory. */
  addressOf(view: ArrayBufferView): number | undefined {
    return view.buffer === this.bytes.buffer ? view.byteOffset : undefined;
  }
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function makeMemory(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new KernelError("out-of-memory", `system has no memory for kernels pages=${pages}`, {
      cause,
    });
  }
}
