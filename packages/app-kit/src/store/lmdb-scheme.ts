import { AppError } from "../failure/app-error.ts";
import type { StoreScheme } from "./store-scheme.ts";

/** `lmdb:PATH`: a folder on this machine. */
export const lmdbScheme: StoreScheme = {
  name: "lmdb",
  placeholder: "PATH",
  ephemeral: false,
  open: async (path, mode) => {
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
    // Loaded here so that only programs that open such a store load the native library.
    const { openLmdbStore } = await import("@foretile/storage-lmdb");
    return openLmdbStore({ path, mode });
  },
};
