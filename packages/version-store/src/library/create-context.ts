import { createDocumentCodec } from "@foretile/codecs/msgpack";
import type { Clock, IdSource, Random } from "@foretile/resilience";
import { createIdSource } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";
import type { CallOptions, Store } from "@foretile/storage";
import { CommitQueues } from "../commit/commit-queues.ts";
import type { LibraryConfig } from "./library-config.ts";
import type { LibraryContext } from "./library-context.ts";

/** What a library works on and with. */
export interface LibraryOptions extends CallOptions {
  readonly store: Pick<Store, "blobs" | "refs">;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Default: the platform's strong randomness. */
  readonly random?: Random | undefined;
  /** Default: ids from `clock` and `random`. */
  readonly ids?: IdSource | undefined;
}

/** Everything a library's context has before its config is known. */
export type LibraryParts = Omit<LibraryContext, "config" | "readOnly" | "queues">;

export async function createParts(options: LibraryOptions): Promise<LibraryParts> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const { blobs, refs } = options.store;
  return {
    blobs,
    refs,
    documents: await createDocumentCodec(),
    clock,
    random,
    ids: options.ids ?? createIdSource(clock, random),
  };
}

export function createContext(
  parts: LibraryParts,
  config: LibraryConfig,
  readOnly: boolean,
): LibraryContext {
  return { ...parts, config, readOnly, queues: new CommitQueues() };
}
