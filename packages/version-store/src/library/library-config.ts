import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { DocumentCodec } from "@foretile/codecs/msgpack";
import type { CallOptions, RefStore } from "@foretile/storage";
import { CONFIG_KIND, LOCATED_VERSION, openDocument, sealKind } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { decodeComposition, encodeComposition, type Composition } from "../preset/composition.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { DEFAULT_PLACEMENT } from "../placement/placement.ts";
import { createRecord } from "./create-record.ts";
import { CONFIG_KEY } from "./keys.ts";

/** The newest format of a library that this build opens: `docs/formats/library-v1.md`. */
export const LIBRARY_FORMAT: number = CONFIG_KIND.version;

/** The format of a library: 1, or 2 when its segments are in packs or cells. */
export function formatOf({ composition }: Pick<LibraryConfig, "composition">): number {
  return composition.placement === DEFAULT_PLACEMENT ? 1 : LOCATED_VERSION;
}

/** How long a library keeps things that are on their way out. All in milliseconds. */
export interface LibraryTimes {
  /** A transaction that takes longer without uploading anything is given up. Default: 1 hour. */
  readonly transactionLifetimeMs: number;
  /** Staged data that nobody finalizes is given up after this. Default: 1 day. */
  readonly stageLifetimeMs: number;
  /** Removed versions stay in the store this long, for readers that resolved them before. Default: 25 hours. */
  readonly graceMs: number;
  /** A deleted symbol can be taken back this long. Default: 7 days. */
  readonly undeleteMs: number;
}

/** What a library is, fixed when it is made. */
export interface LibraryConfig {
  /** 26 characters, unlike any other library's. */
  readonly id: string;
  readonly createdAtMs: number;
  readonly times: LibraryTimes;
  /** What values are stored with. */
  readonly composition: Composition;
  /** Blobs may take this many bytes; `undefined`: as many as the store holds. */
  readonly quotaBytes: number | undefined;
}

const hourMs = 3_600_000;

export const DEFAULT_TIMES: LibraryTimes = {
  transactionLifetimeMs: hourMs,
  stageLifetimeMs: 24 * hourMs,
  graceMs: 25 * hourMs,
  undeleteMs: 7 * 24 * hourMs,
};

/**
 * Makes the library's config record.
 *
 * @throws {VersionStoreError} `invalid-argument` for times or a quota that no library can have, `library-exists`
 */
export async function createConfig(
  refs: RefStore,
  documents: DocumentCodec,
  config: LibraryConfig,
  options?: CallOptions,
): Promise<void> {
  checkConfig(config);
  const bytes = sealKind(documents, CONFIG_KIND, encodeConfig(config), formatOf(config));
  const token = await createRecord(refs, CONFIG_KEY, bytes, options);
  if (token === undefined) {
    throw new VersionStoreError(
      "library-exists",
      "the store holds a library already; open it instead",
    );
  }
}

/**
 * Reads the library's config record.
 *
 * @throws {VersionStoreError} `not-a-library`, `format-too-new`, `data-integrity`
 */
export async function readConfig(
  refs: RefStore,
  documents: DocumentCodec,
  options?: CallOptions,
): Promise<LibraryConfig> {
  const ref = await refs.read(CONFIG_KEY, options);
  if (ref === undefined) {
    throw new VersionStoreError("not-a-library", "the store holds no library; create one first");
  }
  return decodeConfig(openDocument(documents, CONFIG_KIND, ref.value, CONFIG_KEY));
}

/** What could not be read back must not be written. */
function checkConfig(config: LibraryConfig): void {
  try {
    decodeConfig(encodeConfig(config));
  } catch (cause) {
    throw new VersionStoreError(
      "invalid-argument",
      "times and quota of a library must be whole numbers in their documented ranges",
      { cause },
    );
  }
}

function encodeConfig(config: LibraryConfig): DocumentValue {
  const { times } = config;
  return {
    id: config.id,
    created_at_ms: config.createdAtMs,
    times: {
      transaction_lifetime_ms: times.transactionLifetimeMs,
      stage_lifetime_ms: times.stageLifetimeMs,
      grace_ms: times.graceMs,
      undelete_ms: times.undeleteMs,
    },
    composition: encodeComposition(config.composition),
    quota_bytes: config.quotaBytes ?? null,
  };
}

function decodeConfig(value: DocumentValue): LibraryConfig {
  const reader = new DocumentReader(value, "library config");
  const times = reader.record("times");
  return {
    id: reader.text("id"),
    createdAtMs: reader.integer("created_at_ms"),
    times: {
      transactionLifetimeMs: times.integer("transaction_lifetime_ms", 1),
      stageLifetimeMs: times.integer("stage_lifetime_ms", 1),
      graceMs: times.integer("grace_ms"),
      undeleteMs: times.integer("undelete_ms"),
    },
    composition: decodeComposition(reader.value("composition")),
    quotaBytes: reader.optional("quota_bytes", () => reader.integer("quota_bytes", 1)),
  };
}
