import type { DocumentCodec } from "@foretile/codecs/msgpack";
import type { Clock, IdSource, Random } from "@foretile/resilience";
import type { BlobStore, RefStore } from "@foretile/storage";

/** What every room of the version store works with. */
export interface LibraryContext {
  readonly blobs: BlobStore;
  readonly refs: RefStore;
  readonly documents: DocumentCodec;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
}
