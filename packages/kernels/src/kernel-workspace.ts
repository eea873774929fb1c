import { isKernelError } from "./kernel-error.ts";
import { KernelMemory } from "./kernel-memory.ts";

/** A kernel and the region that it may work in. */
export interface KernelPlace<Kernel> {
  readonly kernel: Kernel;
  readonly memory: KernelMemory;
  /** Address of the region. */
  readonly start: number;
}

/** A region that grows with what is asked for, in memory of its own or in shared memory, and the kernel that works there. */
export class KernelWorkspace<Kernel> {
  readonly #load: (memory: KernelMemory) => Kernel | undefined;
  readonly #shared: KernelMemory | undefined;
  #place: KernelPlace<Kernel> | undefined;
  #room = 0;

  /**
   * @param load makes the kernel for a memory
   * @param shared without one, it makes memory of its own, as large as was asked for
   */
  constructor(
    load: (memory: KernelMemory) => Kernel | undefined,
    shared: KernelMemory | undefined,
  ) {
    this.#load = load;
    this.#shared = shared;
  }

  /** `true` for a view of the shared memory. */
  isShared(view: ArrayBufferView): boolean {
    return this.#shared?.addressOf(view) !== undefined;
  }

  /**
   * A region of at least `byteLength` bytes, with the content of earlier uses if it is the same as before.
   *
   * @returns `undefined` when the memory is full, or the kernel cannot run here
   */
  take(byteLength: number): KernelPlace<Kernel> | undefined {
    if (this.#place === undefined || byteLength > this.#room) {
      const place = this.#makePlace(byteLength);
      if (place === undefined) return undefined;
      this.#place = place;
      this.#room = byteLength;
    }
    return this.#place;
  }

  #makePlace(byteLength: number): KernelPlace<Kernel> | undefined {
    try {
      const memory = this.#shared ?? new KernelMemory(byteLength);
      const kernel = this.#load(memory);
      return kernel && { kernel, memory, start: memory.allocate(byteLength) };
    } catch (error) {
      if (isKernelError(error, "out-of-memory")) return undefined;
      throw error;
    }
  }
}
