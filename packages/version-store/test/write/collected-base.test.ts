import { prefixRange } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { prune } from "../../src/retention/prune.ts";
import { ndarray, type NdArray } from "../../src/value/nd-array.ts";
import { append } from "../../src/write/append.ts";
import { update } from "../../src/write/update.ts";
import { write } from "../../src/write/write.ts";
import { withBlobs } from "../changed-stores.ts";
import { openTypedContext } from "../open-typed-context.ts";
import { cells, joined, numbers, numbersOf, series } from "../series.ts";

/** Nobody waits for readers: a removed version may be collected at once. */
const times = { graceMs: 0 };

let store: ReturnType<typeof openMemoryStore>;
let rival: LibraryContext;
/** Who is slow: right before the first blob of an area is fetched, others do something. */
let slow: LibraryContext;
let area: "v/" | "s/";
let others: (() => Promise<unknown>) | undefined;

beforeEach(async () => {
  store = openMemoryStore();
  rival = (await openTypedContext({ store, seed: 2, targetBytes: 160, times })).context;
  const { context } = await openTypedContext({ store, targetBytes: 160, times });
  slow = withBlobs(context, {
    get: async (key, options) => {
      const race = key.startsWith(area) ? others : undefined;
      if (race !== undefined) others = undefined;
      await race?.();
      return context.blobs.get(key, options);
    },
  });
  await write(rival, "s", series(25));
});

/** Makes a version, removes all others, and collects what they alone had. */
const replacing = (change: () => Promise<unknown>) => async (): Promise<void> => {
  await change();
  await prune(rival, "s", { keepLast: 1 });
  await collect(rival, { force: true });
};

async function latest(): Promise<ReturnType<typeof cells>> {
  expect(others).toBeUndefined();
  return cells((await read(rival, "s")).value);
}

const whole = (length: number): NdArray =>
  ndarray({ shape: [length], values: new Int32Array(length) });

describe("a version that is collected while a change looks at it", () => {
  test.each([3, 12])("does not keep %i rows from being appended to the next one", async (rows) => {
    area = "v/";
    others = replacing(() => append(rival, "s", series(2, { start: 25 })));
    const added = series(rows, { start: 50 });
    expect(await append(slow, "s", added)).toMatchObject({ version: 3 });
    expect(await latest()).toEqual(joined(series(27), added));
  });

  test.each([
    { what: "version", before: "v/" },
    { what: "segment", before: "s/" },
  ] as const)("does not keep rows from being updated, its $what gone", async ({ before }) => {
    area = before;
    others = replacing(() => update(rival, "s", series(1, { start: 2, salt: 5 })));
    const patch = series(12, { start: 5, salt: 1 });
    expect(await update(slow, "s", patch)).toMatchObject({ version: 3 });
    const { values } = await latest();
    expect(values.slice(1, 6)).toEqual([1.5, 8, 4.5, 6, 8.5]);
    expect(values).toHaveLength(25);
  });

  test("does not keep stored rows from being converted for the next ones", async () => {
    area = "s/";
    await write(rival, "s", whole(50));
    const range = { rows: { from: 0, to: 50 } };
    others = replacing(() => update(rival, "s", whole(50), { range }));
    await append(slow, "s", numbers(Array(50).fill(0.5)), { schema: "promote" });
    expect(others).toBeUndefined();
    const { value } = await read(rival, "s");
    expect(numbersOf(value)).toEqual([...Array(50).fill(0), ...Array(50).fill(0.5)]);
  });
});

test("a segment that is lost for good is told", async () => {
  for await (const batch of store.blobs.list(prefixRange("s/"))) {
    await store.blobs.deleteMany(batch.map(({ key }) => key));
  }
  await expect(update(slow, "s", series(12, { start: 5 }))).rejects.toMatchObject({
    code: "data-integrity",
  });
});
