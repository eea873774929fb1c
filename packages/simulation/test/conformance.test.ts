import { storeConformance, type ConformanceRunner } from "@foretile/storage/conformance";
import { toKey, type Store } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { createSimulation, type Actor, type FaultProbabilities } from "../src/index.ts";

/** Groups of cases that need tables, which are not simulated. */
const tables = new Set([
  "row writes",
  "row reads",
  "row filters",
  "row conditions",
  "garbage rules",
  "arguments",
  "limits",
  "cancellation",
  "life",
]);

const variants: ReadonlyMap<string, FaultProbabilities> = new Map<string, FaultProbabilities>([
  ["an actor's store", {}],
  ["an actor's store with delays", { delay: 0.5 }],
]);

const group: ConformanceRunner["describe"] = describe;
const single: ConformanceRunner["test"] = test;

/** Registers the simulated contracts' cases, each as the one task of a run. */
function registerIn(faults: FaultProbabilities, opened: Store[]): ConformanceRunner {
  const work =
    (body: () => Promise<void>) =>
    async ({ store }: Actor): Promise<void> => {
      opened.push(store);
      await body();
    };
  return {
    describe: (title, body) => (tables.has(title) ? undefined : group(title, body)),
    test: (title, body) =>
      single(title, async () => {
        const simulation = createSimulation({ seed: 1, faults, maxSteps: 1_000_000 });
        const outcomes = await simulation.run([[simulation.actor("ann"), work(body)]]);
        expect(outcomes).toEqual([{ end: "finished", value: undefined }]);
      }),
  };
}

for (const [name, faults] of variants) {
  const opened: Store[] = [];
  storeConformance(registerIn(faults, opened), {
    name,
    open: async () => {
      const store = opened.pop();
      if (store === undefined) throw new Error("no store was made for the case");
      return store;
    },
  });
}

const read = ({ blobs }: Store): Promise<unknown> => blobs.get(toKey("k"));

test("a closed view fails with closed, and the others go on", async () => {
  const simulation = createSimulation({ seed: 1 });
  await simulation.run([
    [
      simulation.actor("ann"),
      async ({ store }) => {
        await store.close();
        await expect(read(store)).rejects.toMatchObject({ code: "closed" });
      },
    ],
    [
      simulation.actor("bob"),
      async ({ store, clock }) => {
        await clock.sleep(10);
        expect(await read(store)).toBeUndefined();
        expect(() => store.table("rows")).toThrow("not simulated");
      },
    ],
  ]);
});
