import type { TileMode } from "@foretile/codecs";
import type { KernelMemory } from "@foretile/kernels";
import {
  SYNTH_HIGH,
  SYNTH_LOW,
  openPredictionStore,
  type LabelConfig,
  type PredictionStore,
} from "@foretile/prediction-store";
import { isStorageError, type Store } from "@foretile/storage";
import {
  createLibrary,
  isVersionStoreError,
  openLibrary,
  type CreateLibraryOptions,
  type Library,
} from "@foretile/version-store";

import { AppError } from "../failure/app-error.ts";
import { openStore } from "./open-store.ts";
import { parseStoreUrl } from "./store-url.ts";

/** A store opened all the way up. Disposing it closes the store. */
export interface OpenedPredictions extends AsyncDisposable {
  readonly store: Store;
  readonly library: Library;
  readonly predictions: PredictionStore;
}

/** What is fixed when a library is made. */
type LibrarySettings = Pick<CreateLibraryOptions, "composition" | "times" | "quotaBytes">;

export interface CreatePredictionsOptions extends LibrarySettings {
  /** The labels the store begins with. Default: Synth's `low` and `high`. */
  readonly labels?: readonly LabelConfig[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenPredictionsOptions {
  /** How new tiles are packed. Default: the prediction store's. */
  readonly mode?: TileMode | undefined;
  /** Where tiles are encoded and decoded in place. Default: the prediction store's own. */
  readonly memory?: KernelMemory | undefined;
  readonly signal?: AbortSignal | undefined;
}

const defaultLabels = [SYNTH_LOW, SYNTH_HIGH];

/**
 * Opens the prediction store of a URL. A `memory:` store is made with the default labels when the process has none yet.
 *
 * @throws {AppError} `invalid-store-url`, `unknown-scheme`
 * @throws {StorageError} `not-a-store`, `format-too-new`, `read-only`, …
 * @throws {VersionStoreError} `not-a-library`, `format-too-new`
 */
export async function openPredictions(
  url: string,
  access: "write" | "read",
  options: OpenPredictionsOptions = {},
): Promise<OpenedPredictions> {
  const { mode, memory, signal } = options;
  const { scheme, location } = parseStoreUrl(url);
  if (scheme.isEphemeral(location)) await createWhereMissing(url, signal);
  const store = await openStore(url, access, { signal });
  const readOnly = access === "read";
  return openWith(store, () => openLibrary({ store, readOnly, signal }), { mode, memory });
}

/**
 * Makes a new prediction store: the store, the library in it, and its labels. What an earlier attempt left unfinished is
 * finished.
 *
 * @throws {VersionStoreError} `library-exists` when there is one already; nothing is changed then
 * @throws {AppError | StorageError} as {@link openPredictions}
 */
export async function createPredictions(
  url: string,
  options: CreatePredictionsOptions = {},
): Promise<OpenedPredictions> {
  const { labels = defaultLabels, signal } = options;
  const store = await createOrOpen(url, signal);
  const { scheme, location } = parseStoreUrl(url);
  const composition = { placement: scheme.placement(location), ...options.composition };
  const settings = { ...options, composition };
  const opened = await openWith(store, () => createOrResume(store, settings));
  try {
    await opened.predictions.setLabels(labels, { signal });
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
  return opened;
}

/** A library without labels is one whose creation was cut short: only `createPredictions` makes them. */
async function createOrResume(store: Store, options: CreatePredictionsOptions): Promise<Library> {
  const { composition, times, quotaBytes, signal } = options;
  try {
    return await createLibrary({ store, composition, times, quotaBytes, signal });
  } catch (error) {
    if (!isVersionStoreError(error, "library-exists")) throw error;
    const library = await openLibrary({ store, signal });
    const predictions = await openPredictionStore({ library });
    if ((await predictions.labels({ signal })).length > 0) throw error;
    requireSettings(library, options);
    return library;
  }
}

/** The settings of a library that is there cannot be changed any more. */
function requireSettings({ config }: Library, settings: LibrarySettings): void {
  const { composition, times = {}, quotaBytes } = settings;
  const fits =
    (composition?.preset === undefined || composition.preset === config.composition.preset) &&
    (composition?.placement === undefined ||
      composition.placement === config.composition.placement) &&
    (quotaBytes === undefined || quotaBytes === config.quotaBytes) &&
    (times.graceMs === undefined || times.graceMs === config.times.graceMs) &&
    (times.undeleteMs === undefined || times.undeleteMs === config.times.undeleteMs);
  if (fits) return;
  throw new AppError("usage", "an earlier attempt made the library with other settings", {
    hint: "run it again with the same settings as before, or choose an empty place",
  });
}

async function createOrOpen(url: string, signal: AbortSignal | undefined): Promise<Store> {
  try {
    return await openStore(url, "create", { signal });
  } catch (error) {
    if (!isStorageError(error, "conflict")) throw error;
    return openStore(url, "write", { signal });
  }
}

async function createWhereMissing(url: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    const opened = await createPredictions(url, { signal });
    await opened[Symbol.asyncDispose]();
  } catch (error) {
    if (!isVersionStoreError(error, "library-exists")) throw error;
  }
}

async function openWith(
  store: Store,
  openedLibrary: () => Promise<Library>,
  options: Pick<OpenPredictionsOptions, "mode" | "memory"> = {},
): Promise<OpenedPredictions> {
  try {
    const library = await openedLibrary();
    const predictions = await openPredictionStore({ library, ...options });
    return { store, library, predictions, [Symbol.asyncDispose]: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}
