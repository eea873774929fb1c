import type { Checksum } from "@foretile/codecs";
import type { BlobStore, CallOptions } from "@foretile/storage";
import { packKey } from "../library/keys.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import { BlobSink } from "./blob-sink.ts";
import { PackBuilder } from "./pack-builder.ts";
import { packBytesOf } from "./pack-layout.ts";
import type { NewSegment, SegmentSink, SinkOwner } from "./segment-sink.ts";
import { UploadQueue } from "./upload-queue.ts";

/** So many packs are uploaded while the next one fills: memory holds one more. */
const PACKS_UNDER_WAY = 2;

export interface PackSinkOptions {
  readonly checksum: Checksum;
  /** The largest pack; a segment that does not fit one is a blob of its own. */
  readonly packBytes: number;
}

/**
 * Collects the segments of a transaction in packs, in the order in which they come. `put` copies the bytes and resolves;
 * it waits only when a pack is full and as many as may be are being uploaded.
 */
export class PackSink implements SegmentSink {
  readonly #store: BlobStore;
  readonly #owner: SinkOwner;
  readonly #options: PackSinkOptions;
  readonly #blobs: BlobSink;
  readonly #uploads = new UploadQueue(PACKS_UNDER_WAY);
  #filling: PackBuilder | undefined;
  /** Of the pack that fills. */
  #ordinal = 0;
  /** The last segment that waits to be taken: who comes later is taken later. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: BlobStore, owner: SinkOwner, options: PackSinkOptions) {
    this.#store = store;
    this.#owner = owner;
    this.#options = options;
    this.#blobs = new BlobSink(store, owner);
  }

  put(segment: NewSegment, options?: CallOptions): Promise<SegmentEntry> {
    if (this.#isTooLarge(segment)) return this.#blobs.put(segment, options);
    const taken = this.#turn.then(() => this.#take(segment, options));
    this.#turn = taken.catch(() => undefined);
    return taken;
  }

  start(
    segment: NewSegment,
    options?: CallOptions,
  ): { readonly entry: SegmentEntry; readonly stored: Promise<void> } {
    if (this.#isTooLarge(segment)) return this.#blobs.start(segment, options);
    if (this.#filling?.fits(segment.bytes.length) === false) this.#seal();
    return { entry: this.#add(segment), stored: Promise.resolve() };
  }

  async flush(): Promise<void> {
    await this.#turn;
    this.#seal();
    await Promise.all([this.#uploads.flush(), this.#blobs.flush()]);
  }

  async settle(): Promise<void> {
    await this.#turn;
    await Promise.all([this.#uploads.settle(), this.#blobs.settle()]);
  }

  async #take(segment: NewSegment, options?: CallOptions): Promise<SegmentEntry> {
    options?.signal?.throwIfAborted();
    await this.#owner.renewWhenDue();
    while (this.#filling?.fits(segment.bytes.length) === false) {
      await this.#uploads.room(options);
      this.#seal();
    }
    return this.#add(segment);
  }

  #add({ bytes, hash, facts }: NewSegment): SegmentEntry {
    const { checksum, packBytes } = this.#options;
    this.#filling ??= new PackBuilder(checksum, packBytes);
    return {
      transactionId: this.#owner.transactionId,
      ordinal: this.#ordinal,
      length: bytes.length,
      hash: hash.slice(),
      facts,
      location: { kind: "pack", offset: this.#filling.add(bytes) },
    };
  }

  /** Ends the pack that fills, and uploads it. */
  #seal(): void {
    if (this.#filling === undefined) return;
    const bytes = this.#filling.seal();
    const key = packKey(this.#owner.transactionId, this.#ordinal);
    this.#filling = undefined;
    this.#ordinal += 1;
    this.#owner.own(key);
    this.#uploads.start(async () => {
      await this.#owner.renewWhenDue();
      await this.#store.putNew(key, bytes);
    });
  }

  #isTooLarge({ bytes }: NewSegment): boolean {
    return packBytesOf(bytes.length, 1) > this.#options.packBytes;
  }
}
