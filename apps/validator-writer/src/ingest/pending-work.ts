import { ByteBudget } from "../session/byte-budget.ts";

/**
 * Work that runs on while the input is read, bounded by the bytes it holds. A failure is kept and thrown at the next
 * call, so that it is never lost and never unhandled.
 */
export class PendingWork {
  readonly #budget: ByteBudget;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  /** @param maxBytes the most bytes that all running work holds together */
  constructor(maxBytes: number) {
    this.#budget = new ByteBudget(maxBytes);
  }

  /**
   * Starts `work` as soon as its bytes have room, and returns then: this is where the reader is held back.
   *
   * @throws the failure of earlier work; `work` is not started then
   */
  async add(bytes: number, work: () => Promise<void>): Promise<void> {
    await this.#budget.take(bytes);
    try {
      this.#check();
    } catch (error) {
      this.#budget.give(bytes);
      throw error;
    }
    const running = this.#run(bytes, work);
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  /**
   * Waits until everything that was added is done.
   *
   * @throws the first failure
   */
  async drain(): Promise<void> {
    await this.settle();
    this.#check();
  }

  /** Waits until nothing runs any more, whether it failed or not. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(bytes: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#budget.give(bytes);
    }
  }
}
