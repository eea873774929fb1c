import { isStorageError, type Store } from "@foretile/storage";

import { parseHybridPlace } from "./hybrid-place.ts";
import { splitStoreUrl, type StoreLocation } from "./split-store-url.ts";
import type { OpenMode, OpenStoreOptions, StoreScheme } from "./store-scheme.ts";

/** The two parts of a hybrid store, with what each is for. */
interface HybridParts {
  readonly refs: StoreLocation;
  readonly blobs: StoreLocation;
}

/**
 * `hybrid:REFS_URL,BLOBS_URL`: records and tables in one store, blobs in another.
 *
 * @param schemes those that the two may have
 */
export function createHybridScheme(schemes: readonly StoreScheme[]): StoreScheme {
  const names = schemes.map(({ name }) => name);
  const partsOf = (location: string): HybridParts => {
    const { refs, blobs } = parseHybridPlace(location, names);
    return { refs: splitStoreUrl(refs, schemes), blobs: splitStoreUrl(blobs, schemes) };
  };
  return {
    name: "hybrid",
    placeholder: "REFS_URL,BLOBS_URL",
    isEphemeral: (location) => {
      const { refs } = partsOf(location);
      return refs.scheme.isEphemeral(refs.location);
    },
    placement: (location) => {
      const { blobs } = partsOf(location);
      const placement = blobs.scheme.placement(blobs.location);
      // Tables are kept where the records are.
      return placement === "cells" ? "segments" : placement;
    },
    open: async (location, mode, { use, signal } = {}) => {
      const parts = partsOf(location);
      const { scheme, location: place } = parts.refs;
      return use === "rows"
        ? scheme.open(place, mode, { use, signal })
        : openHybrid(parts, mode, signal);
    },
    planProvision: async (location, options) => {
      const { refs, blobs } = partsOf(location);
      return [
        ...named("refs", await refs.scheme.planProvision(refs.location, options)),
        ...named("blobs", await blobs.scheme.planProvision(blobs.location, blobsOnly(options))),
      ];
    },
    probe: async (location, options) => {
      const { refs, blobs } = partsOf(location);
      return [
        ...named("refs", await refs.scheme.probe(refs.location, options)),
        ...named("blobs", await blobs.scheme.probe(blobs.location, blobsOnly(options))),
      ];
    },
  };
}

/** Tables are kept where the records are. */
function blobsOnly<Options extends object>(options?: Options): Options {
  return { ...options, use: "blobs", tables: undefined } as unknown as Options;
}

function named<Item extends { readonly what: string }>(
  part: string,
  items: readonly Item[],
): readonly Item[] {
  return items.map((item) => ({ ...item, what: `${part}: ${item.what}` }));
}

async function openHybrid(
  { refs, blobs }: HybridParts,
  mode: OpenMode,
  signal: AbortSignal | undefined,
): Promise<Store> {
  const { createHybridStore } = await import("@foretile/storage/hybrid");
  const opened = await openPart(refs, mode, { use: "all", signal });
  try {
    const other = await openPart(blobs, mode, { use: "blobs", signal });
    if (mode !== "create" || opened.isNew || other.isNew) {
      return createHybridStore({ refs: opened.store, blobs: other.store });
    }
    await other.store.close();
    throw opened.conflict;
  } catch (error) {
    await opened.store.close();
    throw error;
  }
}

/** A part that was opened; one that was there already has the conflict that making it met. */
type OpenedPart =
  | { readonly store: Store; readonly isNew: true }
  | { readonly store: Store; readonly isNew: false; readonly conflict: unknown };

/** Making a hybrid store that is half there finishes it: the conflict counts only when both parts are there. */
async function openPart(
  { scheme, location }: StoreLocation,
  mode: OpenMode,
  options: OpenStoreOptions,
): Promise<OpenedPart> {
  try {
    return { store: await scheme.open(location, mode, options), isNew: true };
  } catch (conflict) {
    if (mode !== "create" || !isStorageError(conflict, "conflict")) throw conflict;
    return { store: await scheme.open(location, "write", options), isNew: false, conflict };
  }
}
