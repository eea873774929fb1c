import type { AddCase } from "./conformance-case.ts";
import { runHistory } from "./run-history.ts";

const ROUNDS = 8;

const types = ["float32", "float64", "digest", "bytes"] as const;

export function historyCases(add: AddCase): void {
  for (const [seed, type] of types.entries()) {
    add(`writers who change a set of ${type} at random leave what a model says`, async (on) => {
      const writers = await Promise.all(
        [0, 1, 2].map(async () => on.openTraces(type, { library: await on.openAgain() })),
      );
      await runHistory({ seed, rounds: ROUNDS, writers });
    });
  }
}
