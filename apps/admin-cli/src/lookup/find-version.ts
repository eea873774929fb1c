import type { Library, ListedVersion } from "@foretile/version-store";

/** A version of a symbol as it is listed, with the snapshots that pin it; `undefined` when its number cannot be read. */
export async function findVersion(
  library: Library,
  symbol: string,
  version: number,
  signal: AbortSignal,
): Promise<ListedVersion | undefined> {
  const newestUpToIt = library.listVersions(symbol, { before: version + 1, limit: 1, signal });
  for await (const [listed] of newestUpToIt) {
    return listed?.version === version ? listed : undefined;
  }
  return undefined;
}
