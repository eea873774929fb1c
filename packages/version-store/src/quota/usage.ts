import type { BlobStore, Key } from "@foretile/storage";
import { parseBlobKey } from "../library/keys.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * How many bytes a library's blobs and cells take, as far as this process knows: measured by one listing when it is asked first,
 * counted from then on. What other processes store meanwhile is not seen.
 */
export class Usage {
  readonly #blobs: BlobStore;
  readonly #quotaBytes: number | undefined;
  readonly #cellBytes: (list: Key) => Promise<number>;
  #measured: Promise<number> | undefined;
  #storedBytes = 0;
  #reservedBytes = 0;

  /**
   * @param quotaBytes `undefined` for no limit: nothing is measured then
   * @param cellBytes tells the bytes of the cells that a list names
   */
  constructor(
    blobs: BlobStore,
    quotaBytes: number | undefined,
    cellBytes: (list: Key) => Promise<number>,
  ) {
    this.#blobs = blobs;
    this.#cellBytes = cellBytes;
    this.#quotaBytes = quotaBytes;
  }

  /**
   * Runs something that stores at most about `bytes`, when there is room for so many.
   *
   * @param run gives how many bytes it stored in the end
   * @throws {VersionStoreError} `quota-exceeded` before anything is run
   */
  async reserve<T extends { readonly newBytes: number }>(
    bytes: number,
    run: () => Promise<T>,
  ): Promise<T> {
    if (this.#quotaBytes === undefined) return run();
    await this.#take(bytes, this.#quotaBytes);
    try {
      const result = await run();
      this.#storedBytes += result.newBytes;
      return result;
    } finally {
      this.#reservedBytes -= bytes;
    }
  }

  /** To be called when blobs were deleted: the next one who asks measures again. */
  forget(): void {
    this.#measured = undefined;
  }

  async #take(bytes: number, quotaBytes: number): Promise<void> {
    this.#measured ??= this.#measure();
    let measuredBytes: number;
    try {
      measuredBytes = await this.#measured;
    } catch (error) {
      this.#measured = undefined;
      throw error;
    }
    // From here on without a pause, so that two who ask at once do not both get the last room.
    const used = measuredBytes + this.#storedBytes + this.#reservedBytes;
    if (used + bytes <= quotaBytes) {
      this.#reservedBytes += bytes;
      return;
    }
    throw new VersionStoreError(
      "quota-exceeded",
      `library is full; remove versions and collect, or raise the quota used=${used} wanted=${bytes} quota=${quotaBytes}`,
      { details: { used, wanted: bytes, quota: quotaBytes } },
    );
  }

  /** Takes no signal, since callers that overlap share one measurement. */
  async #measure(): Promise<number> {
    this.#storedBytes = 0;
    let bytes = 0;
    for await (const batch of this.#blobs.list({})) {
      for (const { key, length } of batch) {
        bytes += length;
        if (parseBlobKey(key)?.area === "c") bytes += await this.#cellBytes(key);
      }
    }
    return bytes;
  }
}
