import type { FamilyName, Key } from "@foretile/storage";

/** In a pack, whose number is the entry's `ordinal`. */
export interface PackLocation {
  readonly kind: "pack";
  /** Bytes from the start of the pack. */
  readonly offset: number;
}

/** Where in a store's tables a segment goes. */
export interface CellAddress {
  readonly table: string;
  readonly row: Key;
  readonly family: FamilyName;
  readonly qualifier: string;
}

/** One cell, named by a cell list, whose number is the entry's `ordinal`. */
export interface CellLocation extends CellAddress {
  readonly kind: "cell";
  /** Whole milliseconds, told in microseconds; no other transaction of the library has it. */
  readonly timestampMicros: number;
}

/** Where a segment is that is no blob of its own. */
export type SegmentLocation = PackLocation | CellLocation;
