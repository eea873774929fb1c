import type { VersionRecord } from "../version/read-version.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { CommitBase } from "./commit-base.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Refuses a value by reference that a collector may delete: one of a version that is not live in the head that is about
 * to be changed. A `restore` may refer to what a snapshot pins, since its intent keeps that from being collected. No
 * symbol shares anything with another, so that what one symbol needs can be known without the others.
 *
 * @throws {VersionStoreError} `concurrent-modification`; `invalid-argument` for a version of another symbol
 */
export async function checkShared(
  record: VersionRecord,
  symbol: string,
  { kind }: Pick<Workspace, "kind">,
  base: CommitBase,
): Promise<void> {
  if (record.symbol !== symbol) {
    throw new VersionStoreError(
      "invalid-argument",
      `a value can only be used again by its own symbol symbol=${symbol} of=${record.symbol}`,
    );
  }
  if (kind === "restore") return;
  const live = await base.find(record.version);
  if (live?.commitId === record.commitId) return;
  throw new VersionStoreError(
    "concurrent-modification",
    `the version whose value is used again was removed meanwhile; start again version=${record.version}`,
    { retry: "safe", details: { symbol: record.symbol, version: record.version } },
  );
}
