import type { CommitOptions } from "../commit/commit-options.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * Refuses early what the commit would refuse: before anything is uploaded.
 *
 * @param newest the newest version, `undefined` when the symbol has no value
 * @throws {VersionStoreError} `concurrent-modification`
 */
export function checkExpectedVersion(
  symbol: string,
  newest: Pick<VersionEntry, "version"> | undefined,
  { expectedVersion }: CommitOptions,
): void {
  const found = newest?.version ?? 0;
  if (expectedVersion === undefined || expectedVersion === found) return;
  throw new VersionStoreError(
    "concurrent-modification",
    `the newest version is another one symbol=${symbol} expected_version=${expectedVersion} found=${found}`,
    { details: { symbol, expectedVersion, found } },
  );
}
