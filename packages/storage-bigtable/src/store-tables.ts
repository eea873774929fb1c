import type { FamilyName, GarbageRule } from "@foretile/storage";

import type { PlaceNames } from "./bigtable-place.ts";
import { LENGTH_FAMILY, MARKER_FAMILY, PIECE_FAMILY, REF_FAMILY } from "./store-layout.ts";

/** Families by name, with their rules. */
export type WantedFamilies = Readonly<Record<FamilyName, GarbageRule>>;

/** A table of the service as it should be. */
export interface WantedTable {
  readonly id: string;
  readonly families: WantedFamilies;
}

/** The tables a store keeps for itself. Nothing goes by age there: all cells have the timestamp 0. */
export function storeTables(names: PlaceNames): readonly WantedTable[] {
  return [
    { id: names.blobs, families: { [LENGTH_FAMILY]: {}, [PIECE_FAMILY]: {} } },
    { id: names.refs, families: { [REF_FAMILY]: {}, [MARKER_FAMILY]: {} } },
  ];
}
