import { isStorageError, type Store } from "@foretile/storage";
import {
  createLibrary,
  isVersionStoreError,
  openLibrary,
  PRESETS,
  type CreateLibraryOptions,
  type Library,
  type LibraryConfig,
  type PlacementName,
  type PresetName,
} from "@foretile/version-store";

import { AppError } from "../failure/app-error.ts";
import { defaultPlacement } from "./default-placement.ts";
import { openStore } from "./open-store.ts";

/** A library that is copied to. Disposing it closes the store. */
export interface CopyTarget extends AsyncDisposable {
  readonly library: Library;
  /** Whether it was made, or would be. */
  readonly isNew: boolean;
}

export interface CopyTargetOptions {
  /** Change nothing: a library that is not there is stood in for by an empty one in memory. */
  readonly dryRun: boolean;
  /** Where a library that is made puts segments. Default: what the scheme of its URL prefers. */
  readonly placement?: PlacementName | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the library of a URL, or makes one there that stores values as another one does and keeps its times. What an
 * earlier attempt left unfinished is finished. It gets no labels: these are copied.
 *
 * @throws {AppError | StorageError | VersionStoreError} as `openPredictions`, but not for a place where nothing is
 */
export async function openCopyTarget(
  url: string,
  source: LibraryConfig,
  { dryRun, placement, signal }: CopyTargetOptions,
): Promise<CopyTarget> {
  const store = await openThere(url, dryRun, signal);
  if (store === undefined) return standIn(source);
  try {
    const library = await openLibrary({ store, readOnly: dryRun, signal });
    requirePlacement(library, placement);
    return { library, isNew: false, [Symbol.asyncDispose]: () => store.close() };
  } catch (error) {
    if (!isVersionStoreError(error, "not-a-library")) {
      await store.close();
      throw error;
    }
  }
  return dryRun
    ? closeAndStandIn(store, source)
    : makeLibrary(store, settingsOf(source, placement ?? defaultPlacement(url)), signal);
}

/** @throws {AppError} `usage` when the library has another one: it cannot be changed any more */
function requirePlacement({ config }: Library, wanted: PlacementName | undefined): void {
  const { placement } = config.composition;
  if (wanted === undefined || wanted === placement) return;
  throw new AppError(
    "usage",
    `the target is there, with another placement placement=${placement}`,
    {
      hint: "leave --placement out, or choose an empty place",
    },
  );
}

/** @returns `undefined` where nothing is, in a dry run; otherwise it is made */
async function openThere(
  url: string,
  dryRun: boolean,
  signal: AbortSignal | undefined,
): Promise<Store | undefined> {
  try {
    return await openStore(url, dryRun ? "read" : "write", { signal });
  } catch (error) {
    if (!isStorageError(error, "not-a-store")) throw error;
    return dryRun ? undefined : openStore(url, "create", { signal });
  }
}

async function makeLibrary(
  store: Store,
  settings: Pick<CreateLibraryOptions, "composition" | "times">,
  signal: AbortSignal | undefined,
): Promise<CopyTarget> {
  try {
    const library = await createLibrary({ store, ...settings, signal });
    return { library, isNew: true, [Symbol.asyncDispose]: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function closeAndStandIn(store: Store, source: LibraryConfig): Promise<CopyTarget> {
  await store.close();
  return standIn(source);
}

async function standIn(source: LibraryConfig): Promise<CopyTarget> {
  const { openMemoryStore } = await import("@foretile/storage/memory");
  const store = openMemoryStore();
  const library = await createLibrary({
    store,
    ...settingsOf(source, "segments"),
    probe: false,
  });
  return { library, isNew: true, [Symbol.asyncDispose]: () => store.close() };
}

/** What a copy takes over of a library beside its symbols. A quota and a placement belong to a place. */
function settingsOf(
  { composition, times }: LibraryConfig,
  placement: PlacementName,
): Pick<CreateLibraryOptions, "composition" | "times"> {
  const { preset, handlers, targetBytes, codecs } = composition;
  const custom = { handlers, targetBytes, codecs };
  return isPreset(preset)
    ? { composition: { preset, placement }, times }
    : { composition: { custom, placement, unsafe: true }, times };
}

function isPreset(name: string | undefined): name is PresetName {
  return name !== undefined && Object.hasOwn(PRESETS, name);
}
