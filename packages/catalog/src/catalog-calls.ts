import { CatalogError } from "./catalog-error.ts";

/** The one life of a catalog: it knows the calls under way and when it was closed. */
export class CatalogCalls {
  readonly #underWay = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  /** @throws {CatalogError} `closed`, `aborted` when the signal was aborted before the operation started */
  async run<T>(signal: AbortSignal | undefined, operation: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new CatalogError("closed", "catalog is closed");
    if (signal?.aborted === true) throw abortedError(signal);
    const call = operation();
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  /** A listing each of whose batches is a call of its own, so that it does not outlive the catalog. */
  async *list<T>(
    signal: AbortSignal | undefined,
    start: () => AsyncGenerator<T, void, undefined>,
  ): AsyncGenerator<T, void, undefined> {
    let batches: AsyncGenerator<T, void, undefined> | undefined;
    try {
      for (;;) {
        const next = await this.run(signal, () => (batches ??= start()).next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await batches?.return();
    }
  }

  /** Refuses new calls, waits for those under way, then releases. Every call returns the same promise. */
  close(release?: () => Promise<void>): Promise<void> {
    return (this.#closing ??= this.#finish(release));
  }

  async #finish(release: (() => Promise<void>) | undefined): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await release?.();
  }
}

/** The error of a call that its caller's signal ended. */
export function abortedError(signal: AbortSignal): CatalogError {
  return new CatalogError("aborted", "call was aborted", { cause: signal.reason });
}
