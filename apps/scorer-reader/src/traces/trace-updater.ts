import type { OpenedPredictions } from "@foretile/app-kit";
import { openRequestTraces, type RequestTraces } from "@foretile/prediction-store/traces";

/** Adds stored scores to the traces of their library, and never lets a failure there cost a score. */
export class TraceUpdater {
  readonly #opened: OpenedPredictions;
  #traces: RequestTraces | undefined;

  /** @param opened for writing; stays the caller's */
  constructor(opened: OpenedPredictions) {
    this.#opened = opened;
  }

  /**
   * Brings the traces of a request to its stored scores, where they are not there already.
   *
   * @returns why they could not be
   * @throws the signal's reason
   */
  async update(key: string, signal: AbortSignal | undefined): Promise<Error | undefined> {
    try {
      this.#traces ??= await openRequestTraces({ ...this.#opened, signal });
      await this.#traces.update(key, { signal });
      return undefined;
    } catch (error) {
      signal?.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
