import { compositionOf, type CompositionOptions } from "../preset/composition-of.ts";
import { createCopying, type Copying } from "./copying.ts";
import { createContext, createParts, type LibraryOptions } from "./create-context.ts";
import {
  createConfig,
  DEFAULT_TIMES,
  readConfig,
  type LibraryConfig,
  type LibraryTimes,
} from "./library-config.ts";
import type { LibraryContext } from "./library-context.ts";
import { createMaintenance, type Maintenance } from "./maintenance.ts";
import { probeStore } from "./probe-store.ts";
import { createReading, type Reading } from "./reading.ts";
import { createRetaining, type Retaining } from "./retaining.ts";
import { createSnapshots, type Snapshots } from "./snapshots.ts";
import { createTransactions, type Transactions } from "./transactions.ts";
import { createVersions, type Versions } from "./versions.ts";
import { createWriting, type Writing } from "./writing.ts";

export interface CreateLibraryOptions extends LibraryOptions {
  /** What values are stored with. Default: the preset `general`. */
  readonly composition?: CompositionOptions | undefined;
  /** Any of the times that shall not be the default. */
  readonly times?: Partial<LibraryTimes> | undefined;
  /** Blobs may take this many bytes. Default: as many as the store holds. */
  readonly quotaBytes?: number | undefined;
  /** As for opening. Default `true`. */
  readonly probe?: boolean | undefined;
}

export interface OpenLibraryOptions extends LibraryOptions {
  /** Refuse every change. Default `false`. */
  readonly readOnly?: boolean | undefined;
  /**
   * Whether to find out first, unless `readOnly`, that the store keeps its promises about compare-and-set; that takes
   * nine rounds of requests, each of a few small records. Without it, a store that does not keep them loses what
   * several writers write. Default `true`.
   */
  readonly probe?: boolean | undefined;
}

/** A set of symbols in one store, each with its versions. Does not own the store: closing that is up to the caller. */
export interface Library
  extends Transactions, Writing, Reading, Versions, Snapshots, Retaining, Maintenance, Copying {
  readonly config: LibraryConfig;
}

/**
 * Makes a library in an empty store.
 *
 * @throws {VersionStoreError} `library-exists`; `unsupported-capability` when values could not be stored and read back
 *   as composed, or when the store breaks a promise that writers rely on; `invalid-argument` for an unknown preset or
 *   untested parameters
 */
export async function createLibrary(options: CreateLibraryOptions): Promise<Library> {
  const parts = await createParts(options);
  const config: LibraryConfig = {
    id: parts.ids.nextId(),
    createdAtMs: Math.floor(parts.clock.nowMs()),
    times: { ...DEFAULT_TIMES, ...options.times },
    composition: compositionOf(options.composition),
    quotaBytes: options.quotaBytes,
  };
  // Before anything is stored: refuses what could not be read back.
  const context = createContext(parts, config, false);
  if (options.probe ?? true) await probeStore(parts, options);
  await createConfig(parts.refs, parts.documents, config, options);
  return libraryOf(context);
}

/**
 * Opens the library of a store.
 *
 * @throws {VersionStoreError} `not-a-library`, `format-too-new`, `data-integrity`; `unsupported-capability` when this
 *   build or this store cannot read back what the library's composition writes, or, unless `readOnly`, when the store
 *   breaks a promise that writers rely on
 */
export async function openLibrary(options: OpenLibraryOptions): Promise<Library> {
  const parts = await createParts(options);
  const config = await readConfig(parts.refs, parts.documents, options);
  const { readOnly = false, probe = true } = options;
  const context = createContext(parts, config, readOnly);
  if (probe && !readOnly) await probeStore(parts, options);
  return libraryOf(context);
}

function libraryOf(context: LibraryContext): Library {
  return {
    config: context.config,
    ...createTransactions(context),
    ...createWriting(context),
    ...createReading(context),
    ...createVersions(context),
    ...createSnapshots(context),
    ...createRetaining(context),
    ...createMaintenance(context),
    ...createCopying(context),
  };
}
