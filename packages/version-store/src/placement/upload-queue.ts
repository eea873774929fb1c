import type { CallOptions } from "@foretile/storage";

type Upload = () => Promise<void>;

/**
 * A bounded number of large uploads. One that fails keeps its bytes and is tried again when room is asked for or
 * everything is to be stored, so that a failure that passes costs nothing but time.
 */
export class UploadQueue {
  readonly #limit: number;
  readonly #underWay = new Set<Promise<void>>();
  #failed: { readonly upload: Upload; readonly error: unknown }[] = [];

  /** @param limit uploads at a time, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts an upload at once; {@link room} says when there is room for it. */
  start(upload: Upload): void {
    const running = this.#run(upload);
    this.#underWay.add(running);
    void running.then(() => this.#underWay.delete(running));
  }

  /**
   * Waits until another upload may start.
   *
   * @throws why an earlier upload failed, and failed again
   */
  async room({ signal }: CallOptions = {}): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#failed.length > 0) await this.flush();
      if (this.#underWay.size < this.#limit) return;
      await untilAborted(Promise.race(this.#underWay), signal);
    }
  }

  /**
   * Waits until everything is stored.
   *
   * @throws why the first upload failed
   */
  async flush(): Promise<void> {
    const failed = this.#failed;
    this.#failed = [];
    for (const { upload } of failed) this.start(upload);
    await this.settle();
    const [first] = this.#failed;
    if (first !== undefined) throw first.error;
  }

  /** Waits until nothing is under way. */
  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Never rejects. */
  async #run(upload: Upload): Promise<void> {
    try {
      await upload();
    } catch (error) {
      this.#failed.push({ upload, error });
    }
  }
}

/** Waits, but no longer than the caller wants to. */
async function untilAborted(waiting: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) return waiting;
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([waiting, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
