import type { Store } from "@foretile/storage";

import { AppError } from "../failure/app-error.ts";
import { probeFolder } from "./probe-folder.ts";
import { planByOpening } from "./provision-by-opening.ts";
import type { OpenMode, StoreScheme } from "./store-scheme.ts";

/** `lmdb:PATH`: a folder on this machine. */
export const lmdbScheme: StoreScheme = {
  name: "lmdb",
  placeholder: "PATH",
  isEphemeral: () => false,
  placement: () => "segments",
  open: async (path, mode) => {
    checkPath(path);
    return openFolder(path, mode);
  },
  planProvision: async (path) => {
    checkPath(path);
    const wanted = "an empty store; tables are made when they are used";
    return planByOpening({ what: `folder ${path}`, wanted }, (mode) => openFolder(path, mode));
  },
  probe: async (path, options) => {
    checkPath(path);
    return probeFolder(path, options, (mode) => openFolder(path, mode));
  },
};

async function openFolder(path: string, mode: OpenMode): Promise<Store> {
  // Loaded here so that only programs that open such a store load the native library.
  const { openLmdbStore } = await import("@foretile/storage-lmdb");
  return openLmdbStore({ path, mode });
}

/** @throws {AppError} `invalid-store-url` */
function checkPath(path: string): void {
  if (path === "") {
    throw new AppError("invalid-store-url", "store URL has no path url=lmdb:", {
      hint: "name a folder, as in lmdb:./forecasts",
    });
  }
  if (path.startsWith("~")) {
    throw new AppError(
      "invalid-store-url",
      `shells expand ~ only at the start of a word url=lmdb:${path}`,
      {
        hint: 'write lmdb:"$HOME"/… instead',
      },
    );
  }
}
