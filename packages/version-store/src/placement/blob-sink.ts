import type { BlobStore, CallOptions } from "@foretile/storage";
import { segmentOwnerKey, type SegmentEntry } from "../manifest/manifest.ts";
import type { NewSegment, SegmentSink, SinkOwner } from "./segment-sink.ts";

/** Stores every segment as a blob of its own. */
export class BlobSink implements SegmentSink {
  readonly #blobs: BlobStore;
  readonly #owner: SinkOwner;
  readonly #uploading = new Set<Promise<void>>();
  #next = 0;

  constructor(blobs: BlobStore, owner: SinkOwner) {
    this.#blobs = blobs;
    this.#owner = owner;
  }

  async put(segment: NewSegment, options?: CallOptions): Promise<SegmentEntry> {
    const { entry, stored } = this.start(segment, options);
    await stored;
    return entry;
  }

  start(
    { bytes, hash, facts }: NewSegment,
    options?: CallOptions,
  ): { readonly entry: SegmentEntry; readonly stored: Promise<void> } {
    const entry: SegmentEntry = {
      transactionId: this.#owner.transactionId,
      ordinal: this.#next,
      length: bytes.length,
      hash: hash.slice(),
      facts,
    };
    this.#next += 1;
    const key = segmentOwnerKey(entry);
    this.#owner.own(key);
    const stored = this.#upload(() => this.#blobs.putNew(key, bytes, options));
    this.#uploading.add(stored);
    const isOver = (): void => {
      this.#uploading.delete(stored);
    };
    stored.then(isOver, isOver);
    return { entry, stored };
  }

  /** Who puts a segment was told what became of it. */
  async flush(): Promise<void> {
    await this.settle();
  }

  async settle(): Promise<void> {
    await Promise.allSettled(this.#uploading);
  }

  async #upload(put: () => Promise<void>): Promise<void> {
    await this.#owner.renewWhenDue();
    await put();
  }
}
