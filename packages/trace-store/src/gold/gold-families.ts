import type { FamilyName } from "@foretile/storage";

/** Dictionaries of tiles. */
export const DICTIONARY_FAMILY: FamilyName = "O";
/** The state that a dictionary is in, as an opaque text. */
export const TAG_COLUMN = "H";
/** The dictionary itself. */
export const DICTIONARY_COLUMN = "OPS";
/** Digests, in a column for each offset. */
export const DIGEST_FAMILY: FamilyName = "T";
/** Options of traces. */
export const OPTIONS_FAMILY: FamilyName = "P";
export const OPTIONS_COLUMN = "B";
