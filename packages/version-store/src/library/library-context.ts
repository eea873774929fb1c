import type { Checksum } from "@foretile/codecs";
import type { DocumentCodec } from "@foretile/codecs/msgpack";
import type { Clock, IdSource, Random } from "@foretile/resilience";
import type { BlobStore, RefStore, RowStore } from "@foretile/storage";
import type { CommitQueues } from "../commit/commit-queues.ts";
import type { Handlers } from "../handler/handlers.ts";
import type { Composition } from "../preset/composition.ts";
import type { Usage } from "../quota/usage.ts";
import type { SegmentCodec } from "../segment/segment-codec.ts";
import type { LibraryConfig } from "./library-config.ts";

/** What every room of the version store works with. */
export interface LibraryContext {
  readonly blobs: BlobStore;
  readonly refs: RefStore;
  /** The store's tables, for segments that are cells; `undefined` when it was opened without. */
  readonly table: ((name: string) => RowStore) | undefined;
  readonly documents: DocumentCodec;
  readonly checksum: Checksum;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly config: LibraryConfig;
  /** What values are stored with. */
  readonly composition: Composition;
  /** The kinds of values that can be stored and read. */
  readonly handlers: Handlers;
  /** Writes as the composition says, reads whatever was written. */
  readonly codec: SegmentCodec;
  /** Whether this process may change the library. */
  readonly readOnly: boolean;
  readonly queues: CommitQueues;
  /** What the library takes of its quota. */
  readonly usage: Usage;
}
