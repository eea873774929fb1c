import { openLibrary, type Library, type OpenLibraryOptions } from "../../src/index.ts";
import { readItems } from "./lists.ts";
import type { Acknowledged, Recorded } from "./recorded.ts";

/** What is left after a history, read through a library without faults. */
export interface Remains {
  readonly library: Library;
  /** Items by symbol and version number. */
  readonly versions: ReadonlyMap<string, ReadonlyMap<number, readonly string[]>>;
  readonly commitIds: ReadonlyMap<string, ReadonlyMap<number, string>>;
}

/** Reads every listed version of every symbol, all segments. */
export async function readRemains(options: OpenLibraryOptions): Promise<Remains> {
  const library = await openLibrary(options);
  const versions = new Map<string, Map<number, readonly string[]>>();
  const commitIds = new Map<string, Map<number, string>>();
  for await (const symbols of library.listSymbols()) {
    for (const { symbol } of symbols) {
      if (symbol === undefined) throw new Error("a head is damaged");
      const items = new Map<number, readonly string[]>();
      const ids = new Map<number, string>();
      for await (const batch of library.listVersions(symbol)) {
        for (const { version, commitId, operation } of batch) {
          ids.set(version, commitId);
          if (operation === "delete") continue;
          items.set(
            version,
            await readItems(library, await library.resolve(symbol, { asOf: version })),
          );
        }
      }
      versions.set(symbol, items);
      commitIds.set(symbol, ids);
    }
  }
  return { library, versions, commitIds };
}

/**
 * Every acknowledged commit is there, once, as its own version; what surely failed is nowhere; versions are in the order
 * in which commits followed each other; nothing that was seen has changed.
 *
 * @param mayBeGone whether versions may have been removed
 */
export function checkCommits(recorded: Recorded, remains: Remains, mayBeGone: boolean): void {
  const { versions, commitIds } = remains;
  for (const commit of recorded.acknowledged) {
    const { symbol, version, item, commitId } = commit;
    const items = versions.get(symbol)?.get(version);
    if (items === undefined) {
      if (!mayBeGone) throw new Error(`an acknowledged commit is lost ${describe(commit)}`);
      continue;
    }
    if (commitIds.get(symbol)?.get(version) !== commitId || items.at(-1) !== item) {
      throw new Error(`an acknowledged commit's version is another's ${describe(commit)}`);
    }
  }
  checkOrder(recorded.acknowledged);
  for (const [symbol, items] of [...versions].flatMap(([name, byVersion]) =>
    [...byVersion.values()].map((list) => [name, list] as const),
  )) {
    if (new Set(items).size !== items.length) {
      throw new Error(`an item was committed twice symbol=${symbol} items=${items.join()}`);
    }
    const failed = items.find((item) => recorded.failed.includes(item));
    if (failed !== undefined) throw new Error(`a failed commit is visible item=${failed}`);
    const foreign = items.find((item) => !recorded.begun.has(item));
    if (foreign !== undefined) throw new Error(`an item came from nowhere item=${foreign}`);
  }
  for (const [symbol, byVersion] of versions) {
    const lasts = [...byVersion.values()].map((items) => items.at(-1));
    if (new Set(lasts).size !== lasts.length) {
      throw new Error(`one commit made two versions symbol=${symbol}`);
    }
    for (const [version, items] of byVersion) recorded.see(symbol, version, items);
  }
}

/** Real time: a commit that ended before another began has the lower version. */
function checkOrder(commits: readonly Acknowledged[]): void {
  const numbers = new Set<string>();
  for (const earlier of commits) {
    const number = `${earlier.symbol} ${earlier.version}`;
    if (numbers.has(number)) throw new Error(`a version was acknowledged twice ${number}`);
    numbers.add(number);
    for (const later of commits) {
      if (
        later.symbol === earlier.symbol &&
        earlier.ended < later.begun &&
        earlier.version >= later.version
      ) {
        throw new Error(`versions are out of order ${describe(earlier)} ${describe(later)}`);
      }
    }
  }
}

function describe({ symbol, version, item, begun, ended }: Acknowledged): string {
  return `symbol=${symbol} version=${version} item=${item} steps=${begun}-${ended}`;
}
