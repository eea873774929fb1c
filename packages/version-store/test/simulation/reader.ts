import type { Actor } from "@foretile/simulation";
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
        return { version: version.version, items: await readItems(library, version) };
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
