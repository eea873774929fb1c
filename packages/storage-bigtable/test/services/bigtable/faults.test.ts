import { expect, test } from "vitest";
import { isStorageError, toKey, type RowMutation, type Store } from "@foretile/storage";
import { withFaults, withObserver, withRetry, type FaultRule } from "@foretile/storage/layers";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { temporaryStores } from "./temporary-stores.ts";

const stores = await temporaryStores();

const clients = 6;
const rounds = 40;
/** Of the tries of every kind of call. */
const rules: readonly FaultRule[] = [
  { fault: { type: "lose-reply" }, probability: 0.1 },
  { fault: { type: "fail" }, probability: 0.1 },
];

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);
const blobOf = (name: string): Uint8Array => bytes(name.repeat(1 + (name.length % 7) * 997));

interface Acknowledged {
  readonly blobs: string[];
  readonly rows: string[];
  readonly swaps: string[];
}

/** Adds a word to a record that all clients share, whatever becomes of the replies. */
async function append(store: Store, word: string): Promise<void> {
  const key = toKey("shared");
  for (;;) {
    const there = await store.refs.read(key);
    const words = text(there?.value);
    if (words.split(" ").includes(word)) return;
    try {
      const next = bytes(`${words} ${word}`);
      if ((await store.refs.compareAndSet(key, there?.token, next)).swapped) return;
    } catch (error) {
      if (!isStorageError(error) || error.retry === "never") throw error;
    }
  }
}

const rowOf = (name: string): RowMutation => ({
  key: toKey(name),
  mutations: [
    { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0, value: bytes(name) },
  ],
});

async function work(store: Store, client: number, done: Acknowledged): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const name = `${client}.${round}`;
    await store.blobs.putNew(toKey(name), blobOf(name));
    done.blobs.push(name);
    const names = ["a", "b", "c"].map((part) => `${name}.${part}`);
    for (const status of await store.table("t").mutateRows(names.map(rowOf))) {
      if (status.ok) done.rows.push(status.key);
    }
    await append(store, name);
    done.swaps.push(name);
    if (text(await store.blobs.get(toKey(name))) !== text(blobOf(name))) throw new Error("wrong");
  }
}

test("with one call in five struck nothing is lost and nothing is wrong", async ({ annotate }) => {
  const place = stores.place();
  const bare = await stores.open({ ...place, layers: false });
  await bare.table("t").setFamily("f", {});
  const clock = createInstantClock({ startMs: 1_700_000_000_000 });
  const random = createSeededRandom(7);
  let operations = 0;
  let faults = 0;
  const struck = withObserver(withFaults(bare, { clock, random, rules }), {
    clock,
    observe: ({ outcome }) => {
      operations += 1;
      if (outcome !== "ok") faults += 1;
    },
  });
  await using store = withRetry(struck, { clock, random, maxAttempts: 30 });

  const done: Acknowledged = { blobs: [], rows: [], swaps: [] };
  await Promise.all(Array.from({ length: clients }, (_, client) => work(store, client, done)));

  const words = text((await bare.refs.read(toKey("shared")))?.value)
    .trim()
    .split(" ");
  const rows = new Map<string, string>();
  for await (const batch of bare.table("t").readRows({})) {
    for (const { key, cells } of batch) rows.set(key, text(cells[0]?.value));
  }
  const blobs = new Map<string, string>();
  for await (const batch of bare.blobs.list({})) {
    for (const { key } of batch) blobs.set(key, text(await bare.blobs.get(key)));
  }
  const lost = [
    ...done.blobs.filter((name) => !blobs.has(name)),
    ...done.rows.filter((name) => !rows.has(name)),
    ...done.swaps.filter((name) => !words.includes(name)),
  ];
  const wrong = [
    ...[...blobs].filter(([name, value]) => value !== text(blobOf(name))),
    ...[...rows].filter(([name, value]) => value !== name),
    ...words.filter((word, index) => words.indexOf(word) !== index),
  ];
  const count = clients * rounds;
  expect([done.blobs.length, done.rows.length, done.swaps.length]).toEqual([
    count,
    3 * count,
    count,
  ]);
  expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
  expect(faults).toBeGreaterThan(count);
  await annotate(`faults=${faults} operations=${operations} lost=0 wrong=0`);
});
