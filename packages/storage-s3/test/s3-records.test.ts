import { expect, test } from "vitest";
import { createSeededRandom } from "@foretile/testkit";
import type { BucketTraits } from "../src/bucket-traits.ts";
import type { KnownState } from "../src/record-token.ts";
import { createS3Records, isTombstone, type S3Records } from "../src/s3-records.ts";
import { createObjectDouble, unclear, type ObjectDouble } from "./doubles/object-double.ts";

const name = "r/a";
const nowMs = Date.parse("2017-12-05T12:00:00Z");

function open(conditionalDelete: BucketTraits["conditionalDelete"] = "if-match"): {
  readonly double: ObjectDouble;
  readonly records: S3Records;
  readonly swap: (expected: KnownState | undefined, text: string | undefined) => Promise<Swapped>;
  readonly read: () => Promise<string | undefined>;
} {
  const double = createObjectDouble();
  const records = createS3Records({
    objects: double.objects,
    prefix: "p/",
    traits: {
      conditions: "A",
      quoting: "quoted",
      etag: "md5",
      conditionalMultipart: true,
      conditionalDelete,
    },
    random: createSeededRandom(1),
    serverNowMs: () => nowMs,
  });
  return {
    double,
    records,
    swap: async (expected, text) => {
      const value = text === undefined ? undefined : new TextEncoder().encode(text);
      const outcome = await records.swap(name, expected, value, undefined);
      return outcome.swapped ? outcome.state : undefined;
    },
    read: async () => {
      const value = (await records.read(name, undefined))?.value;
      return value === undefined ? undefined : new TextDecoder().decode(value);
    },
  };
}

/** The new state, `undefined` for a lost race. */
type Swapped = KnownState | undefined;

test("creating, replacing and deleting are one request each", async () => {
  const { double, swap } = open();
  const one = await swap(undefined, "one");
  const two = await swap(one, "two");
  expect(await swap(two, undefined)).toBeDefined();
  expect([...double.requests]).toEqual([["put", 3]]);
});

test("a lost race costs one read more", async () => {
  const { double, swap } = open();
  const one = await swap(undefined, "one");
  await swap(one, "two");
  double.requests.clear();
  expect(await swap(one, "three")).toBeUndefined();
  expect(await swap(undefined, "three")).toBeUndefined();
  expect([...double.requests]).toEqual([
    ["put", 2],
    ["get", 2],
  ]);
});

test("a record whose value returns has another ETag", async () => {
  const { swap } = open();
  const first = await swap(undefined, "A");
  const second = await swap(first, "A");
  expect(second?.etag).not.toBe(first?.etag);
});

test("a change that was delivered twice is won, though the second delivery is refused", async () => {
  const { double, swap, read } = open();
  for (const before of [undefined, await swap(undefined, "one")]) {
    const own = before === undefined ? open() : { double, swap, read };
    own.double.onNextPut(async (put) => {
      await put();
      return put();
    });
    const won = await own.swap(before, "mine");
    expect(await own.read()).toBe("mine");
    expect(await own.swap(won, "next")).toBeDefined();
  }
});

test("a change that was delivered twice and overwritten at once is still won", async () => {
  const { double, swap, read } = open();
  const one = await swap(undefined, "one");
  double.onNextPut(async (put) => {
    await put();
    for (let index = 0; index < 7; index += 1) await overwrite(double, `other ${index}`);
    return put();
  });
  const won = await swap(one, "mine");
  expect(won).toBeDefined();
  expect(await read()).toBe("other 6");
  // Its state is gone, so it can be replaced no more.
  expect(await swap(won, "next")).toBeUndefined();
});

/** Changes the record as another writer would, who read it before. */
async function overwrite(double: ObjectDouble, text: string): Promise<void> {
  const other = createS3Records({
    objects: double.objects,
    prefix: "p/",
    traits: {
      conditions: "A",
      quoting: "quoted",
      etag: "md5",
      conditionalMultipart: true,
      conditionalDelete: "none",
    },
    random: createSeededRandom(text.length + text.charCodeAt(text.length - 1)),
    serverNowMs: () => nowMs,
  });
  const state = await other.read(name, undefined);
  await other.swap(name, state, new TextEncoder().encode(text), undefined);
}

test("after a failed answer the record tells who won", async () => {
  const { double, swap } = open();
  const one = await swap(undefined, "one");
  double.onNextPut(async (put) => {
    await put();
    return unclear();
  });
  const two = await swap(one, "two");
  expect(two).toBeDefined();
  double.onNextPut(async () => {
    await overwrite(double, "theirs");
    return unclear();
  });
  expect(await swap(two, "three")).toBeUndefined();
});

test("after a failed answer that changed nothing the outcome stays unknown", async () => {
  const { double, swap, read } = open();
  double.onNextPut(async () => unclear());
  await expect(swap(undefined, "one")).rejects.toMatchObject({ retry: "unknown-outcome" });
  const one = await swap(undefined, "one");
  double.onNextPut(async () => unclear());
  await expect(swap(one, "two")).rejects.toMatchObject({ retry: "unknown-outcome" });
  expect(await read()).toBe("one");
});

test("a refusal of a condition that holds is no lost race", async () => {
  const { double, swap } = open();
  const one = await swap(undefined, "one");
  double.onNextPut(async () => ({ type: "refused" }));
  await expect(swap(one, "two")).rejects.toMatchObject({ code: "unavailable" });
});

test("a race that was broken off may be run again", async () => {
  const { double, swap } = open();
  const one = await swap(undefined, "one");
  double.onNextPut(async () => ({ type: "raced" }));
  await expect(swap(one, "two")).rejects.toMatchObject({ code: "unavailable", retry: "safe" });

  const fresh = open();
  fresh.double.onNextPut(async () => ({ type: "raced" }));
  expect(await fresh.swap(undefined, "one")).toBeDefined();
});

test("a deleted record is created on its tombstone, and old states fit nothing", async () => {
  const { swap, read, records } = open();
  const one = await swap(undefined, "A");
  await swap(one, undefined);
  expect(await read()).toBeUndefined();
  expect((await records.read(name, undefined))?.value).toBeUndefined();
  const again = await swap(undefined, "A");
  expect(again?.etag).not.toBe(one?.etag);
  expect(await swap(one, "B")).toBeUndefined();
});

test.each(["if-match", "unmodified-since"] as const)(
  "tombstones older than half an hour are swept by %s, unless somebody was faster",
  async (conditionalDelete) => {
    const { double, records, swap, read } = open(conditionalDelete);
    await swap(await swap(undefined, "one"), undefined);
    double.age(new Date(nowMs - 30 * 60_000 + 1));
    const { entries: young } = await double.objects.list("", undefined, 10);
    expect(young.map(isTombstone)).toEqual([true]);
    await records.sweep(young, undefined);
    expect(double.requests.get("removeIf")).toBeUndefined();

    double.age(new Date(nowMs - 30 * 60_000));
    const { entries: old } = await double.objects.list("", undefined, 10);
    await swap(undefined, "again");
    double.age(new Date(nowMs));
    await records.sweep(old, undefined);
    expect(await read()).toBe("again");

    await swap((await records.read(name, undefined)) ?? undefined, undefined);
    double.age(new Date(nowMs - 30 * 60_000));
    const { entries } = await double.objects.list("", undefined, 10);
    await records.sweep(entries, undefined);
    expect(await records.read(name, undefined)).toBeUndefined();
  },
);

test("where no conditional delete holds, tombstones stay", async () => {
  const { double, records, swap } = open("none");
  await swap(await swap(undefined, "one"), undefined);
  double.age(new Date(0));
  const { entries } = await double.objects.list("", undefined, 10);
  await records.sweep(entries, undefined);
  expect(double.requests.get("removeIf")).toBeUndefined();
  expect(await records.read(name, undefined)).toBeDefined();
});
