import { isVersionStoreError, openLibrary, type Transaction } from "../../src/index.ts";
import type { Actor, Simulation } from "@foretile/simulation";
import { appendItem } from "./lists.ts";
import type { Recorded } from "./recorded.ts";
import { tolerate } from "./tolerate.ts";

/** Makes a version of a list with one more item. */
type Change = typeof appendItem;

export interface WriterOptions {
  readonly symbols: readonly string[];
  readonly commits: number;
  /** What its commits do, drawn one by one. */
  readonly changes: readonly Change[];
  /** How many of its commits run at the same time. */
  readonly atOnce: number;
}

/** Appends items, and now and then rewrites a list from what it saw before. */
export function writer(simulation: Simulation, recorded: Recorded, options: WriterOptions) {
  return async (actor: Actor): Promise<void> => {
    const library = await openWith(actor);
    if (library === undefined) return;
    for (let done = 0; done < options.commits; done += options.atOnce) {
      await Promise.all(
        Array.from({ length: options.atOnce }, (_, index) => commitOne(done + index)),
      );
    }

    async function commitOne(turn: number): Promise<void> {
      const item = `${actor.name}.${turn}`;
      const symbol = options.symbols[actor.random.nextUint32() % options.symbols.length] ?? "s";
      const begun = simulation.steps;
      const change =
        options.changes[actor.random.nextUint32() % options.changes.length] ?? appendItem;
      const transaction = await tolerate(
        () => library?.begin(symbol) ?? Promise.reject(new Error()),
      );
      if (transaction === undefined) return;
      recorded.begun.add(item);
      try {
        const result = await change(transaction, item);
        recorded.acknowledge(symbol, item, result, { begun, ended: simulation.steps });
        actor.note(`acknowledged ${symbol} version=${result.version} item=${item}`);
      } catch (error) {
        await afterFailure(transaction, item, error);
      }
    }

    async function afterFailure(
      transaction: Transaction,
      item: string,
      error: unknown,
    ): Promise<void> {
      await tolerate(() => Promise.reject(error as Error));
      if (isVersionStoreError(error, "commit-outcome-unknown")) return;
      recorded.failed.push(item);
      actor.note(`failed item=${item}`);
      await tolerate(() => transaction.abandon());
    }
  };
}

/**
 * Opens the library, trying again when the store fails. Without a probe: its requests would only lengthen the histories.
 */
export async function openWith(actor: Actor) {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { store, clock, random, ids } = actor;
    const library = await tolerate(() => openLibrary({ store, clock, random, ids, probe: false }));
    if (library !== undefined) return library;
  }
  return undefined;
}
