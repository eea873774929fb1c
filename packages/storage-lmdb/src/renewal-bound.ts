/**
 * Counts the bytes that calls touch and, when they are enough, lets the calls under way end, holds the next ones back,
 * and renews what they work on.
 */
export class RenewalBound {
  readonly #maxTouchedBytes: number;
  readonly #renew: () => Promise<void>;
  #touchedBytes = 0;
  #underWay = 0;
  /** There while a renewal is due or under way; resolved when it is over. */
  #renewal: PromiseWithResolvers<void> | undefined;
  /** Why there is nothing to work on any more. */
  #failure: { readonly error: unknown } | undefined;

  /** @param renew runs while no call does; when it fails, every later call fails with its error */
  constructor(maxTouchedBytes: number, renew: () => Promise<void>) {
    this.#maxTouchedBytes = maxTouchedBytes;
    this.#renew = renew;
  }

  touch(bytes: number): void {
    this.#touchedBytes += bytes;
  }

  /** Whether a renewal failed. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /**
   * Runs a call, after a renewal that is due.
   *
   * @throws the error of a renewal that failed
   */
  async use<T>(call: () => T | Promise<T>): Promise<T> {
    // Looked at again in the very step in which the call is counted: others may have made one due meanwhile.
    while (this.#renewal !== undefined) await this.#renewal.promise;
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#underWay += 1;
    try {
      return await call();
    } finally {
      this.#underWay -= 1;
      this.#leave();
    }
  }

  /** Resolves when no renewal is due or under way. */
  async idle(): Promise<void> {
    while (this.#renewal !== undefined) await this.#renewal.promise;
  }

  #leave(): void {
    if (this.#touchedBytes > this.#maxTouchedBytes) {
      this.#touchedBytes = 0;
      this.#renewal ??= Promise.withResolvers();
    }
    if (this.#renewal !== undefined && this.#underWay === 0) void this.#runRenewal(this.#renewal);
  }

  async #runRenewal(renewal: PromiseWithResolvers<void>): Promise<void> {
    try {
      await this.#renew();
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#renewal = undefined;
      renewal.resolve();
    }
  }
}
