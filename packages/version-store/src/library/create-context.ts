import { loadChecksum } from "@foretile/codecs";
import { createDocumentCodec } from "@foretile/codecs/msgpack";
import type { Clock, IdSource, Random } from "@foretile/resilience";
import { createIdSource } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";
import type { CallOptions, Store } from "@foretile/storage";
import { CommitQueues } from "../commit/commit-queues.ts";
import type { Handler } from "../handler/handler.ts";
import { createHandlers } from "../handler/handlers.ts";
import { readCellList } from "../placement/cell-list.ts";
import { checkComposition } from "../preset/check-composition.ts";
import type { Codec } from "../segment/codec/codec.ts";
import { Usage } from "../quota/usage.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { createCodecRegistry, type CodecRegistry } from "../segment/codec/codec-registry.ts";
import type { LibraryConfig } from "./library-config.ts";
import type { LibraryContext } from "./library-context.ts";

/** What a library works on and with. */
export interface LibraryOptions extends CallOptions {
  /** A library with the placement `cells` needs its tables too. */
  readonly store: Pick<Store, "blobs" | "refs"> & Partial<Pick<Store, "table">>;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Default: the platform's strong randomness. */
  readonly random?: Random | undefined;
  /** Default: ids from `clock` and `random`. */
  readonly ids?: IdSource | undefined;
  /** Codecs beside those that come along. Whoever opens a library that uses them needs them too. */
  readonly codecs?: readonly Codec[] | undefined;
  /** Handlers of kinds of values beside those that come along. Whoever reads such values needs them too. */
  readonly handlers?: readonly Handler[] | undefined;
}

/** Everything a library's context has before its config is known, and what its codec is made of. */
export interface LibraryParts extends Omit<
  LibraryContext,
  "config" | "composition" | "codec" | "readOnly" | "queues" | "usage"
> {
  readonly codecs: CodecRegistry;
}

export async function createParts(options: LibraryOptions): Promise<LibraryParts> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const { store } = options;
  const { blobs, refs } = store;
  return {
    blobs,
    refs,
    table: "table" in store ? store.table?.bind(store) : undefined,
    documents: await createDocumentCodec(),
    checksum: await loadChecksum(),
    handlers: createHandlers(options.handlers),
    codecs: createCodecRegistry(options.codecs),
    clock,
    random,
    ids: options.ids ?? createIdSource(clock, random),
  };
}

/** @throws {VersionStoreError} `unsupported-capability` when values could not be stored and read back as composed */
export function createContext(
  parts: LibraryParts,
  config: LibraryConfig,
  readOnly: boolean,
): LibraryContext {
  const { codecs, ...services } = parts;
  const { composition } = config;
  const codec = checkComposition(composition, {
    capabilities: services.blobs.capabilities,
    codecs,
    handlers: services.handlers.names,
    checksum: services.checksum,
  });
  if (composition.placement === "cells" && services.table === undefined) {
    throw new VersionStoreError(
      "unsupported-capability",
      "the library keeps segments in tables; open it with a store that has some",
    );
  }
  const usage = new Usage(services.blobs, config.quotaBytes, async (key) => {
    const cells = (await readCellList(services, key)) ?? [];
    return cells.reduce((sum, { length }) => sum + length, 0);
  });
  return { ...services, config, composition, codec, readOnly, queues: new CommitQueues(), usage };
}
