import type { FamilyName } from "@foretile/storage";

import type { PlaceNames } from "./bigtable-place.ts";
import { LENGTH_FAMILY, MARKER_FAMILY, PIECE_FAMILY, REF_FAMILY } from "./store-layout.ts";

/** A table that a store keeps for itself. None of its families lets cells go by age: all have the timestamp 0. */
export interface StoreTable {
  readonly id: string;
  readonly families: readonly FamilyName[];
}

export function storeTables(names: PlaceNames): readonly StoreTable[] {
  return [
    { id: names.blobs, families: [LENGTH_FAMILY, PIECE_FAMILY] },
    { id: names.refs, families: [REF_FAMILY, MARKER_FAMILY] },
  ];
}
