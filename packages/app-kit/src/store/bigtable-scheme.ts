import { parseBigtablePlace } from "./bigtable-place.ts";
import type { StoreScheme } from "./store-scheme.ts";

/**
 * `bigtable://PROJECT/INSTANCE/PREFIX[?profile=PROFILE]`: tables of a Bigtable instance. With `BIGTABLE_EMULATOR_HOST`
 * in the environment of the process, those of an emulator.
 */
export const bigtableScheme: StoreScheme = {
  name: "bigtable",
  placeholder: "//PROJECT/INSTANCE/PREFIX",
  isEphemeral: () => false,
  placement: () => "cells",
  open: async (location, mode, { use, signal } = {}) => {
    const place = placeOf(location);
    const { openBigtableStore } = await import("@foretile/storage-bigtable");
    const contents = use === "rows" ? "rows" : "all";
    return openBigtableStore({ ...place, mode, contents, signal });
  },
  planProvision: async (location, { tables, signal } = {}) => {
    const place = placeOf(location);
    const { planBigtableProvision } = await import("@foretile/storage-bigtable");
    return planBigtableProvision({ ...place, tables, signal });
  },
  probe: async (location, { mode, tables, signal }) => {
    const place = placeOf(location);
    const { probeBigtable } = await import("@foretile/storage-bigtable");
    return probeBigtable({ ...place, mode, tables, signal });
  },
};

function placeOf(location: string) {
  const { profile, ...place } = parseBigtablePlace(location);
  return { ...place, appProfile: profile };
}
