import { toKey } from "../key.ts";
import type { CompareAndSetResult, RefStore, RefToken } from "../ref-store.ts";
import { assert, assertEqual } from "./assertions.ts";
import { collect } from "./collect.ts";
import type { AddCase } from "./conformance-case.ts";
import { bytesOf, forAll, numberedKeys, textOf } from "./sample-data.ts";

const key = toKey("race");
const contestants = Array.from({ length: 32 }, (_, index) => `contestant ${index}`);

async function race(refs: RefStore, expected: RefToken | undefined): Promise<RefToken> {
  const results = await Promise.all(
    contestants.map((text) => refs.compareAndSet(key, expected, bytesOf(text))),
  );
  const winners = contestants.filter((_, index) => results[index]?.swapped);
  assertEqual(winners.length, 1, "number of winners");
  const token = results.map(tokenOf).find((candidate) => candidate !== undefined);
  const ref = await refs.read(key);
  assertEqual([textOf(ref?.value), ref?.token], [winners[0], token], "the winner's record");
  assert(token !== undefined, "the winner has a token");
  return token;
}

function tokenOf(result: CompareAndSetResult): RefToken | undefined {
  return result.swapped ? result.token : undefined;
}

/** Adds one to a number in a record, reading again until the swap succeeds. */
async function increment(refs: RefStore): Promise<void> {
  for (;;) {
    const ref = await refs.read(key);
    const next = Number(textOf(ref?.value) ?? "0") + 1;
    if ((await refs.compareAndSet(key, ref?.token, bytesOf(String(next)))).swapped) return;
  }
}

export function refRaceCases(add: AddCase): void {
  add("of parallel creates exactly one wins and its value is stored", async ({ refs }) => {
    await race(refs, undefined);
  });

  add("of parallel replaces of one state exactly one wins, again and again", async ({ refs }) => {
    let token = await race(refs, undefined);
    for (let round = 0; round < 4; round += 1) token = await race(refs, token);
  });

  add("of parallel deletes of one state exactly one wins", async ({ refs }) => {
    const token = await race(refs, undefined);
    const results = await Promise.all(
      contestants.map(() => refs.compareAndSet(key, token, undefined)),
    );
    assertEqual(results.filter(({ swapped }) => swapped).length, 1, "number of winners");
    assertEqual(await refs.read(key), undefined, "read");
  });

  add("a delete and replaces race for one state and one wins", async ({ refs }) => {
    const token = await race(refs, undefined);
    const [deleted, ...replaced] = await Promise.all([
      refs.compareAndSet(key, token, undefined),
      ...contestants.map((text) => refs.compareAndSet(key, token, bytesOf(text))),
    ]);
    const winners = [deleted, ...replaced].filter(({ swapped }) => swapped);
    assertEqual(winners.length, 1, "number of winners");
    const there = (await refs.read(key)) !== undefined;
    assertEqual(there, !deleted.swapped, "the record is there unless the delete won");
  });

  add("a counter incremented by parallel loops loses no update", async ({ refs }) => {
    const loops = 8;
    const increments = 10;
    const loop = async (): Promise<void> => {
      for (let index = 0; index < increments; index += 1) await increment(refs);
    };
    await Promise.all(Array.from({ length: loops }, loop));
    const ref = await refs.read(key);
    assertEqual(textOf(ref?.value), String(loops * increments), "the counter");
  });

  add("after a swap every read sees it or something later", async ({ refs }) => {
    let token: RefToken | undefined;
    for (let index = 0; index < 20; index += 1) {
      const result = await refs.compareAndSet(key, token, bytesOf(String(index)));
      assert(result.swapped, "the only writer always swaps");
      token = result.token;
      const reads = await Promise.all([refs.read(key), refs.read(key)]);
      assertEqual(
        reads.map((ref) => textOf(ref?.value)),
        [String(index), String(index)],
        "reads",
      );
    }
  });

  add("swaps of different records do not disturb each other", async ({ refs }) => {
    const keys = numberedKeys("k", 32);
    await forAll(keys, async (name) => {
      const { swapped } = await refs.compareAndSet(name, undefined, bytesOf(name));
      assert(swapped, `create of ${name} swaps`);
    });
    const entries = await collect(refs.list({}));
    assertEqual(
      entries.map(({ value }) => textOf(value)),
      keys,
      "values",
    );
  });
}
