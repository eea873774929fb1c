/** Half a dozen full-size answers, of which one is cut in two by the end of a block. */
const BLOCK_BYTES = 16 * 1024 * 1024;

/**
 * Large pieces of memory that the input is read to. A block is used again when nobody needs what is in it: fresh memory
 * for every piece of the input would be collected at a cost that is more than that of reading.
 */
export class TextBlocks {
  readonly #make: (bytes: number) => ArrayBufferLike;
  readonly #users = new Map<ArrayBufferLike, number>();
  readonly #free: ArrayBufferLike[] = [];

  /** @param shared whether other threads see the blocks */
  constructor({ shared }: { readonly shared: boolean }) {
    this.#make = (bytes) => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  }

  /** A block with one user, the caller. */
  take(): Uint8Array {
    const memory = this.#free.pop() ?? this.#make(BLOCK_BYTES);
    this.#users.set(memory, 1);
    return new Uint8Array(memory);
  }

  /** Whether `text` lies in a block that somebody uses. */
  has(text: Uint8Array): boolean {
    return this.#users.has(text.buffer);
  }

  /** Adds a user to the block that `text` lies in. */
  hold(text: Uint8Array): void {
    this.#users.set(text.buffer, (this.#users.get(text.buffer) ?? 0) + 1);
  }

  /** Takes a user away; without any the block is used again. */
  release(text: Uint8Array): void {
    const left = (this.#users.get(text.buffer) ?? 1) - 1;
    this.#users.set(text.buffer, left);
    if (left > 0) return;
    this.#users.delete(text.buffer);
    this.#free.push(text.buffer);
  }
}
