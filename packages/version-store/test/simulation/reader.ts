import type { Actor } from "@foretile/simulation";
import { isVersionStoreError, type Library, type Version } from "../../src/index.ts";
import { readItems } from "./lists.ts";
import type { Recorded } from "./recorded.ts";
import { tolerate } from "./tolerate.ts";
import { openWith } from "./writer.ts";

/** Reads newest and older versions. Nothing half-visible, nothing that changes. */
export function reader(
  recorded: Recorded,
  options: {
    readonly symbols: readonly string[];
    readonly reads: number;
    readonly mayGoBack?: boolean;
  },
) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    let newest = new Map<string, number>();
    for (let turn = 0; turn < options.reads; turn += 1) {
      const symbol = options.symbols[actor.random.nextUint32() % options.symbols.length] ?? "s";
      const back = actor.random.nextUint32() % 3;
      const asOf = back === 0 ? undefined : -back;
      const read = await tolerate(async () => {
        const version = await library.resolve(symbol, { asOf });
        const items = await readUnlessGone(library, version);
        return items && { version: version.version, items };
      });
      if (read === undefined) continue;
      recorded.see(symbol, read.version, read.items);
      if (asOf !== undefined || options.mayGoBack === true) continue;
      const before = newest.get(symbol) ?? 0;
      if (read.version < before) {
        throw new Error(
          `the newest version went back symbol=${symbol} before=${before} now=${read.version}`,
        );
      }
      newest = newest.set(symbol, read.version);
    }
  };
}

/**
 * The items of a version; `undefined` when it was removed and collected before all of it was read, as happens without a
 * grace time.
 */
async function readUnlessGone(
  library: Library,
  version: Version,
): Promise<readonly string[] | undefined> {
  try {
    return await readItems(library, version);
  } catch (error) {
    if (!isVersionStoreError(error, "data-integrity")) throw error;
    const now = await library.resolve(version.symbol, { asOf: version.version });
    if (now.commitId === version.commitId) throw error;
    return undefined;
  }
}
