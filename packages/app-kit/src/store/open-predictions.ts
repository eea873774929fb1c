import {
  SYNTH_HIGH,
  SYNTH_LOW,
  openPredictionStore,
  type LabelConfig,
  type PredictionStore,
} from "@foretile/prediction-store";
import { systemClock, systemIds, systemRandom } from "@foretile/resilience/system";
import type { Store } from "@foretile/storage";
import {
  createLibrary,
  isVersionStoreError,
  openLibrary,
  type Library,
} from "@foretile/version-store";

import { openStore } from "./open-store.ts";
import { parseStoreUrl } from "./store-url.ts";

/** A store opened all the way up. Disposing it closes the store. */
export interface OpenedPredictions extends AsyncDisposable {
  readonly store: Store;
  readonly library: Library;
  readonly predictions: PredictionStore;
}

export interface CreatePredictionsOptions {
  /** The labels the store begins with. Default: Synth's `low` and `high`. */
  readonly labels?: readonly LabelConfig[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenPredictionsOptions {
  readonly signal?: AbortSignal | undefined;
}

const ambient = { clock: systemClock, ids: systemIds, random: systemRandom };
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
  mode: "write" | "read",
  options: OpenPredictionsOptions = {},
): Promise<OpenedPredictions> {
  if (parseStoreUrl(url).scheme.ephemeral) await createWhereMissing(url, options.signal);
  return openWith(url, mode, (store) => openLibrary({ store, ...ambient }));
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
  const opened = await openWith(url, "create", createOrResume);
  try {
    await opened.predictions.setLabels(labels, { signal });
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
  return opened;
}

/** A library without labels is one whose creation was cut short: only `createPredictions` makes them. */
async function createOrResume(store: Store): Promise<Library> {
  try {
    return await createLibrary({ store, ...ambient });
  } catch (error) {
    if (!isVersionStoreError(error, "library-exists")) throw error;
    const library = await openLibrary({ store, ...ambient });
    const predictions = await openPredictionStore({ library, clock: systemClock });
    if ((await predictions.labels()).length > 0) throw error;
    return library;
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
  url: string,
  mode: "create" | "write" | "read",
  open: (store: Store) => Promise<Library>,
): Promise<OpenedPredictions> {
  const store = await openStore(url, mode);
  try {
    const library = await open(store);
    const predictions = await openPredictionStore({ library, clock: systemClock });
    return { store, library, predictions, [Symbol.asyncDispose]: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}
