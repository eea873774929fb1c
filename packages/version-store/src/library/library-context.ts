import type { DocumentCodec } from "@foretile/codecs/msgpack";
import type { Clock, IdSource, Random } from "@foretile/resilience";
import type { BlobStore, RefStore } from "@foretile/storage";
import type { CommitQueues } from "../commit/commit-queues.ts";
import type { LibraryConfig } from "./library-config.ts";

/** What every room of the version store works with. */
export interface LibraryContext {
  readonly blobs: BlobStore;
  readonly refs: RefStore;
  readonly documents: DocumentCodec;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly config: LibraryConfig;
  /** Whether this process may change the library. */
  readonly readOnly: boolean;
  readonly queues: CommitQueues;
}
