import { VersionStoreError } from "../version-store-error.ts";
import type { LibraryContext } from "./library-context.ts";

/** @throws {VersionStoreError} `read-only-library` */
export function ensureWritable({ readOnly }: LibraryContext): void {
  if (!readOnly) return;
  throw new VersionStoreError(
    "read-only-library",
    "the library was opened for reading only; open it for writing to change it",
  );
}
