/**
 * Memory in which lines are put together. A long line may be given to another thread with its memory, which comes back
 * later; it is used again and again.
 */
export class LineBuffers {
  readonly #free: ArrayBuffer[] = [];
  readonly #ours = new WeakSet<ArrayBufferLike>();

  /** @returns memory of at least `bytes` bytes, with the contents of earlier lines */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const spare = this.#free.pop();
    if (spare !== undefined && spare.byteLength >= bytes) return new Uint8Array(spare);
    const memory = new Uint8Array(bytes);
    this.#ours.add(memory.buffer);
    return memory;
  }

  /** Takes memory back that was given away and has come back from another thread, or that is not needed. */
  give(buffer: ArrayBuffer): void {
    this.#ours.add(buffer);
    this.#free.push(buffer);
  }

  /** Whether a line of `bytes` can be given away with all its memory. */
  own(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
    return this.#ours.has(bytes.buffer);
  }
}
