import type { KernelMemory } from "@foretile/kernels";

/** Rooms that nobody uses are kept for the next reading: so many, and none larger than this. */
const MOST_KEPT = 4;
const MOST_KEPT_BYTES = 2 * 1024 * 1024;

/** Rooms have few sizes, so that one reading can use what another one left. */
const LEAST_BYTES = 64 * 1024;

/** A room takes at most this part of the free kernel memory: the rest is for those who work there. */
const SHARE = 1 / 4;

/**
 * Memory for the encoded segments of readings, one room for each that is under way, used again by later ones. Where there
 * is kernel memory to spare the rooms are in it, so that segments are hashed and unpacked where they were read to.
 */
export class SegmentRooms {
  readonly #memory: KernelMemory | undefined;
  readonly #free: Uint8Array[] = [];

  constructor(memory: KernelMemory | undefined) {
    this.#memory = memory;
  }

  /** A room of at least so many bytes, with the content of earlier uses. */
  take(byteLength: number): Uint8Array {
    const fits = this.#free.findIndex((room) => room.length >= byteLength);
    if (fits >= 0) return this.#free.splice(fits, 1)[0] as Uint8Array;
    const size = Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(Math.max(1, byteLength))));
    const memory = this.#memory;
    if (memory === undefined || size > memory.freeBytes * SHARE) return new Uint8Array(size);
    const address = memory.allocate(size);
    return memory.bytes.subarray(address, address + size);
  }

  /** Takes back a room that {@link take} gave. */
  giveBack(room: Uint8Array): void {
    // What is of the kernel memory is lost if it is not kept.
    const isKernels = this.#memory?.addressOf(room) !== undefined;
    const isKept = this.#free.length < MOST_KEPT && room.length <= MOST_KEPT_BYTES;
    if (!isKernels && !isKept) return;
    this.#free.push(room);
    this.#free.sort((left, right) => left.length - right.length);
  }
}
