import { toKey } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { read } from "../../src/read/read.ts";
import { write } from "../../src/write/write.ts";
import { openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, series } from "../series.ts";

let store: ReturnType<typeof openMemoryStore>;
let context: LibraryContext;
let keys: string[];

beforeEach(async () => {
  store = openMemoryStore();
  ({ context } = await openTypedContext({ store, targetBytes: 160 }));
  await write(context, "s", series(30));
  keys = await segmentKeys(store);
});

async function replace(key: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = (await store.blobs.get(toKey(key))) ?? new Uint8Array();
  await store.blobs.deleteMany([toKey(key)]);
  await store.blobs.putNew(toKey(key), change(bytes));
}

/** The same bytes with one bit flipped. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
  return changed;
}

describe("a damaged segment", () => {
  test("is found by any flipped bit, and named", async () => {
    const key = keys[1] ?? "";
    const { length } = (await store.blobs.get(toKey(key))) ?? [];
    for (let at = 0; at < length; at += 13) {
      await replace(key, (bytes) => flipped(bytes, at));
      await expect(read(context, "s")).rejects.toMatchObject({
        code: "data-integrity",
        details: { key },
      });
      const others = await read(context, "s", { rowRange: { to: 10 } });
      expect(cells(others.value)).toEqual(cells(series(10)));
      await replace(key, (bytes) => flipped(bytes, at));
    }
    expect(cells((await read(context, "s")).value)).toEqual(cells(series(30)));
  });

  test("is found when it was cut off, made longer, or is another one of the same length", async () => {
    const [first = "", second = ""] = keys;
    const whole = (await store.blobs.get(toKey(second))) ?? new Uint8Array();
    const other = (await store.blobs.get(toKey(first))) ?? new Uint8Array();
    expect(other.length).toBe(whole.length);
    for (const bytes of [whole.slice(0, -1), Uint8Array.of(...whole, 0), other]) {
      await replace(second, () => bytes);
      await expect(read(context, "s")).rejects.toMatchObject({
        code: "data-integrity",
        details: { key: second },
      });
    }
  });
});
