import { VersionStoreError, type Library, type SnapshotInfo } from "@foretile/version-store";

/** @throws {VersionStoreError} `no-such-snapshot`, `data-integrity` when it may be one that cannot be read */
export async function findSnapshot(
  library: Library,
  name: string,
  signal: AbortSignal,
): Promise<SnapshotInfo> {
  let damage: Error | undefined;
  for await (const batch of library.listSnapshots({ signal })) {
    for (const entry of batch) {
      if (entry.name === name) return entry;
      if (entry.name === undefined) damage = entry.error;
    }
  }
  throw (
    damage ??
    new VersionStoreError("no-such-snapshot", `no such snapshot snapshot=${JSON.stringify(name)}`)
  );
}
