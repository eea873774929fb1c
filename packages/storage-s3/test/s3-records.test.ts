import { describe, expect, test } from "vitest";
import { createRetryPolicy, type Clock } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import type { BucketTraits } from "../src/bucket-traits.ts";
import { stateOf, tokenOf, type KnownState } from "../src/record-token.ts";
import type { S3Objects } from "../src/s3-objects.ts";
import { createS3Records, isTombstone, type S3Records } from "../src/s3-records.ts";
import {
  createObjectDouble,
  slowDown,
  unclear,
  type ObjectDouble,
} from "./doubles/object-double.ts";

const name = "r/a";
const nowMs = Date.parse("2017-12-05T12:00:00Z");

const unavailable = new StorageError("unavailable", "server failed", { retry: "safe" });
const clock: Clock = createInstantClock({ startMs: nowMs });
let writers = 0;

/** The records of another open store on the bucket, a writer of its own. */
function openRecords(
  double: ObjectDouble,
  more: {
    readonly objects?: S3Objects;
    readonly conditionalDelete?: BucketTraits["conditionalDelete"];
    readonly serverNowMs?: () => number;
  } = {},
): S3Records {
  const { objects = double.objects } = more;
  const { conditionalDelete = "if-match", serverNowMs = () => nowMs } = more;
  writers += 1;
  return createS3Records({
    objects,
    prefix: "p/",
    traits: {
      conditions: "A",
      quoting: "quoted",
      etag: "md5",
      conditionalMultipart: true,
      conditionalDelete,
    },
    clock,
    random: createSeededRandom(writers),
    serverNowMs,
  });
}

function open(conditionalDelete: BucketTraits["conditionalDelete"] = "if-match"): {
  readonly double: ObjectDouble;
  readonly records: S3Records;
  readonly swap: (expected: KnownState | undefined, text: string | undefined) => Promise<Swapped>;
  readonly read: () => Promise<string | undefined>;
} {
  const double = createObjectDouble();
  const records = openRecords(double, { conditionalDelete });
  return {
    double,
    records,
    swap: (expected, text) => swapIn(records, expected, text),
    read: async () => {
      const value = (await records.read(name, undefined))?.value;
      return value === undefined ? undefined : new TextDecoder().decode(value);
    },
  };
}

async function swapIn(
  records: S3Records,
  expected: KnownState | undefined,
  text: string | undefined,
): Promise<Swapped> {
  const value = text === undefined ? undefined : new TextEncoder().encode(text);
  const outcome = await records.swap(name, expected, value, undefined);
  return outcome.swapped ? outcome.state : undefined;
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

/** Changes the record so often, each time as a writer who read it before. */
async function overwrite(
  writer: () => S3Records,
  times: number,
  text = (index: number): string | undefined => `other ${index}`,
): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const other = writer();
    const state = await other.read(name, undefined);
    expect(await swapIn(other, state?.value && state, text(index))).toBeDefined();
  }
}

/** Delivers the next put twice, and lets others do something in between. */
function deliverTwice(double: ObjectDouble, meanwhile: () => Promise<void>): void {
  double.onNextPut(async (put) => {
    await put();
    await meanwhile();
    return put();
  });
}

const deleteEachTenth = (index: number): string | undefined =>
  index % 10 === 9 ? undefined : `other ${index}`;

describe("a change that was delivered twice", () => {
  test.each([1, 8, 33, 500])("is won after %i changes of another writer", async (times) => {
    const { double, swap, read } = open();
    const other = openRecords(double);
    const one = await swap(undefined, "one");
    deliverTwice(double, () => overwrite(() => other, times));
    const won = await swap(one, "mine");
    expect(won).toBeDefined();
    expect(await read()).toBe(`other ${times - 1}`);
    // Its state is gone, so it can be replaced no more.
    expect(await swap(won, "next")).toBeUndefined();
  });

  test("is won after a change of each of 31 other writers", async () => {
    const { double, swap } = open();
    const one = await swap(undefined, "one");
    deliverTwice(double, () => overwrite(() => openRecords(double), 31));
    expect(await swap(one, "mine")).toBeDefined();
  });

  test("is said to be of unknown outcome after a change of each of 32 other writers", async () => {
    const { double, swap } = open();
    const one = await swap(undefined, "one");
    deliverTwice(double, () => overwrite(() => openRecords(double), 32));
    await expect(swap(one, "mine")).rejects.toMatchObject({ retry: "unknown-outcome" });
  });

  test("is won when it made the record, whatever came after", async () => {
    const { double, swap } = open();
    deliverTwice(double, () => overwrite(() => openRecords(double), 70, deleteEachTenth));
    expect(await swap(undefined, "mine")).toBeDefined();
  });

  test("is won when the same store changed the record after it", async () => {
    const { double, records, swap, read } = open();
    const one = await swap(undefined, "one");
    deliverTwice(double, () => overwrite(() => records, 2));
    expect(await swap(one, "mine")).toBeDefined();
    expect(await read()).toBe("other 1");
  });

  test("is won when the same store changed the record after it, and then many others", async () => {
    const { double, records, swap } = open();
    const one = await swap(undefined, "one");
    deliverTwice(double, async () => {
      await overwrite(() => records, 1);
      await overwrite(() => openRecords(double), 40);
    });
    expect(await swap(one, "mine")).toBeDefined();
  });

  test("is won when the second was told to come back later", async () => {
    const { double, swap } = open();
    const other = openRecords(double);
    const one = await swap(undefined, "one");
    double.onNextPut(async (put) => {
      await put();
      await overwrite(() => other, 1);
      return slowDown();
    });
    expect(await swap(one, "mine")).toBeDefined();
  });

  test("is won when reading back fails at first", async () => {
    const { double, swap } = open();
    const one = await swap(undefined, "one");
    deliverTwice(double, async () => double.failGets(7, unavailable));
    expect(await swap(one, "mine")).toBeDefined();
  });

  test("is not sent again when it cannot be read back", async () => {
    const { double, swap, read } = open();
    const one = await swap(undefined, "one");
    deliverTwice(double, async () => double.failGets(8, unavailable));
    const retries = createRetryPolicy({ clock, random: createSeededRandom(1) });
    await expect(retries.run(() => swap(one, "mine"))).rejects.toMatchObject({
      code: "unavailable",
      retry: "unknown-outcome",
      cause: unavailable,
    });
    expect(await read()).toBe("mine");
  });

  test("is said to be of unknown outcome when it is read back so late that the record may be another one", async () => {
    const double = createObjectDouble();
    let serverMs = nowMs;
    const one = await swapIn(openRecords(double), undefined, "one");
    deliverTwice(double, async () => {
      const other = openRecords(double);
      await overwrite(
        () => other,
        1,
        () => undefined,
      );
      await double.objects.remove(`p/${name}`);
      await overwrite(() => other, 1);
    });
    // The server tells the time with each answer.
    const lateObjects = {
      ...double.objects,
      get: (...call: Parameters<typeof double.objects.get>) => {
        serverMs += 40 * 60_000;
        return double.objects.get(...call);
      },
    };
    const late = openRecords(double, { objects: lateObjects, serverNowMs: () => serverMs });
    await expect(swapIn(late, one, "mine")).rejects.toMatchObject({ retry: "unknown-outcome" });
  });
});

describe("a change of a state that is gone is lost for sure", () => {
  test("after many changes of few writers", async () => {
    const { double, swap } = open();
    const one = await swap(undefined, "one");
    const others = Array.from({ length: 31 }, () => openRecords(double));
    await overwrite(() => others[0] ?? openRecords(double), 100);
    for (const other of others) await overwrite(() => other, 3);
    expect(await swap(one, "mine")).toBeUndefined();
  });

  test("while one of the last writers before it has not changed the record again", async () => {
    const { double, records, swap } = open();
    await overwrite(() => openRecords(double), 40);
    const state = await records.read(name, undefined);
    await overwrite(() => openRecords(double), 31);
    expect(await swap(state, "mine")).toBeUndefined();
  });

  test("when it was to make a record that many writers changed", async () => {
    const { double, swap } = open();
    await swap(undefined, "one");
    await overwrite(() => openRecords(double), 40);
    expect(await swap(undefined, "mine")).toBeUndefined();
  });

  test("when it is one of another record", async () => {
    const { double, records, swap } = open();
    const other = await records.swap("r/b", undefined, new Uint8Array(), undefined);
    await swap(undefined, "one");
    await overwrite(() => openRecords(double), 40);
    expect(await swap(other.swapped ? other.state : undefined, "mine")).toBeUndefined();
  });
});

const writerOf = (id: string): string => id.slice(0, 14);
const numberOf = (id: string): number => Number.parseInt(id.slice(14), 16);

test("a record tells of its first state, of this one, and of the last of each other writer", async () => {
  const { double, records, swap } = open();
  const other = openRecords(double);
  const third = openRecords(double);
  await overwrite(() => other, 1);
  await overwrite(() => third, 2);
  await overwrite(() => records, 1);
  await overwrite(() => other, 1);
  const state = await swap((await records.read(name, undefined)) ?? undefined, "last");
  const ids = state?.history.toString("hex").match(/.{24}/g) ?? [];
  expect(ids).toHaveLength(33);
  const [first = "", mine = "", theirs = "", thirds = "", ...none] = ids;
  expect([writerOf(first), new Set([mine, theirs, thirds].map(writerOf)).size]).toEqual([
    writerOf(theirs),
    3,
  ]);
  expect([first, mine, theirs, thirds].map(numberOf)).toEqual([1, 2, 2, 2]);
  expect(new Set(none)).toEqual(new Set(["0".repeat(24)]));
});

test("a token holds all that a change needs, and no more than there is", async () => {
  const { double, records, swap } = open();
  const one = await swap(undefined, "one");
  expect(one && tokenOf(one)).toMatch(/^[\w-]{32}\.[0-9a-f]{32}$/);
  await overwrite(() => openRecords(double), 40);
  const state = await records.read(name, undefined);
  const token = state && tokenOf(state);
  expect(token).toMatch(/^[\w-]{528}\.[0-9a-f]{32}$/);
  const known = token && stateOf(token);
  expect(known).toEqual({ etag: state?.etag, history: state?.history });
  expect(await swap(known, "two")).toBeDefined();
});

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
    await overwrite(() => openRecords(double), 1);
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
