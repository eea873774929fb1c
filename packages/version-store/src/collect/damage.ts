import { isStorageError } from "@foretile/storage";
import { isVersionStoreError } from "../version-store-error.ts";

/** What is damaged. */
export type DamagedThing =
  | "head"
  | "history-page"
  | "removed-page"
  | "version"
  | "manifest"
  | "segment-page"
  | "segment"
  | "snapshot"
  | "snapshot-page";

/** Something that is missing, or is not what was written. */
export interface Damage {
  readonly what: DamagedThing;
  /** Where it is, or should be. */
  readonly key: string;
  readonly symbol?: string | undefined;
  readonly version?: number | undefined;
  /** The snapshot through which it was found, or that is damaged itself. */
  readonly snapshot?: string | undefined;
  readonly error: Error;
}

/** Whether an error says that what is stored is wrong, and not that it could not be read just now. */
export function isDamage(error: unknown): error is Error {
  return (
    isVersionStoreError(error, "data-integrity", "format-too-new", "segment-expired") ||
    isStorageError(error, "damaged")
  );
}
