import { expect, test } from "vitest";
import { createSimulation, type Actor } from "../src/index.ts";

const bytes = new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4);
/** The smallest WebAssembly module: its magic and version. */
const wasm = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

const toHex = (hash: ArrayBuffer): string => Buffer.from(hash).toString("hex");

const work = async ({ clock }: Actor): Promise<readonly unknown[]> => {
  const results: unknown[] = [];
  for (const algorithm of ["SHA-1", "SHA-256", "SHA-512", { name: "SHA-384" }]) {
    results.push(toHex(await crypto.subtle.digest(algorithm, bytes)));
  }
  results.push(toHex(await crypto.subtle.digest("SHA-256", bytes.slice().buffer)));
  results.push(await WebAssembly.compile(wasm));
  await clock.sleep(1);
  return results;
};

const busy = async ({ clock }: Actor): Promise<readonly unknown[]> => {
  for (let turn = 0; turn < 100; turn += 1) await clock.sleep(0.001);
  return [];
};

/** What the platform works with now. */
const methods = (): readonly unknown[] => [
  Reflect.get(crypto.subtle, "digest"),
  Reflect.get(WebAssembly, "compile"),
];

test("hashing and compiling are no work outside the simulation, and give the same", async () => {
  const simulation = createSimulation({ seed: 1 });
  const [outcome] = await simulation.run([
    [simulation.actor("ann"), work],
    [simulation.actor("bob"), busy],
  ]);
  if (outcome?.end !== "finished") throw new Error("ann did not finish");
  const hashes: string[] = [];
  for (const algorithm of ["SHA-1", "SHA-256", "SHA-512", "SHA-384", "SHA-256"]) {
    hashes.push(toHex(await crypto.subtle.digest(algorithm, bytes)));
  }
  expect(outcome.value.slice(0, 5)).toEqual(hashes);
  expect(outcome.value[5]).toBeInstanceOf(WebAssembly.Module);
});

test("the platform is as before after the last run, also after a failed one", async () => {
  const before = methods();
  const short = createSimulation({ seed: 1 });
  const long = createSimulation({ seed: 2 });
  const runs = Promise.allSettled([
    short.run([[short.actor("ann"), ({ clock }) => clock.sleep(1)]]),
    long.run([
      [
        long.actor("ann"),
        async ({ clock }) => {
          for (let turn = 0; turn < 50; turn += 1) await clock.sleep(1);
          expect(methods()).not.toContain(before[0]);
          expect(methods()).not.toContain(before[1]);
          throw new Error("broken promise");
        },
      ],
    ]),
  ]);
  expect(methods()).not.toEqual(before);
  expect((await runs).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  await expect(long.run([])).rejects.toMatchObject({ cause: { message: "broken promise" } });
  expect(methods()).toEqual(before);
  expect(Object.hasOwn(crypto.subtle, "digest")).toBe(false);
});
