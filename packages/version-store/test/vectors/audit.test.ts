import { toKey } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { audit } from "../../src/audit/audit.ts";
import { read } from "../../src/read/read.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { resolveEntry } from "../../src/version/resolve-version.ts";
import { append } from "../../src/write/append.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, series } from "../series.ts";

const A = series(30);
const B = series(20, { salt: 7 });

describe("audit", () => {
  test("vector 110: changes are told newest first, with who, why, and from what to what", async () => {
    const { context } = await openTypedContext();
    await write(context, "s", A, { user: "u1", message: "l1" });
    await write(context, "s", B, { user: "u2", message: "l2" });
    const { entries, damaged } = await audit(context);
    expect(entries).toMatchObject([
      { symbol: "s", version: 2, fromVersion: 1, user: "u2", message: "l2", operation: "write" },
      { symbol: "s", version: 1, fromVersion: 0, user: "u1", message: "l1", operation: "write" },
    ]);
    expect(damaged).toEqual([]);
    expect(cells((await read(context, "s", { asOf: 1 })).value)).toEqual(cells(A));
    expect(cells((await read(context, "s")).value)).toEqual(cells(B));
  });

  test("vector 111: other metadata are a change although the value is equal", async () => {
    const { context } = await openTypedContext();
    const skipUnchanged = true;
    await write(context, "s", A, { metadata: 1, skipUnchanged });
    expect(await write(context, "s", A, { metadata: 2, skipUnchanged })).toMatchObject({
      version: 2,
      changed: true,
      newSegments: 0,
    });
    expect((await read(context, "s")).metadata).toBe(2);
  });

  test("vector 112: the log is filtered by symbol, prefix, user, message and time", async () => {
    const { context } = await openTypedContext();
    const times: number[] = [];
    for (const [symbol, user, message] of [
      ["a/1", "ann", "x"],
      ["b/1", "bob", "x"],
      ["a/2", "bob", "y"],
      ["a/1", "ann", "y"],
      ["c", "ann", "x"],
    ] as const) {
      await context.clock.sleep(10);
      times.push((await write(context, symbol, A, { user, message })).committedAtMs);
    }
    // Removes the version before it, too.
    await deleteSymbol(context, "c", { user: "ann" });
    const told = async (options: Parameters<typeof audit>[1]): Promise<string[]> =>
      (await audit(context, options)).entries.map(
        ({ symbol, version, operation }) => `${symbol} ${version} ${operation}`,
      );
    expect(await told({ message: "x" })).toEqual(["b/1 1 write", "a/1 1 write"]);
    expect(await told({ symbols: ["a/1"] })).toEqual(["a/1 2 write", "a/1 1 write"]);
    expect(await told({ symbols: ["b/1", "a/2", "x", "b/1"] })).toEqual([
      "a/2 1 write",
      "b/1 1 write",
    ]);
    expect(await told({ symbols: ["a/1", "b/1"], message: "x" })).toEqual([
      "b/1 1 write",
      "a/1 1 write",
    ]);
    expect(await told({ prefix: "a/" })).toEqual(["a/1 2 write", "a/2 1 write", "a/1 1 write"]);
    expect(await told({ user: "bob" })).toEqual(["a/2 1 write", "b/1 1 write"]);
    expect(await told({ from: times[1], to: times[3] })).toEqual(["a/2 1 write", "b/1 1 write"]);
    expect(await told({ limit: 2 })).toEqual(["c 2 delete", "a/1 2 write"]);
    for (const options of [{ limit: 0 }, { limit: 1.5 }, { from: Number.NaN }]) {
      await expect(told(options)).rejects.toMatchObject({ code: "invalid-argument" });
    }
  });

  test("a long history is only read as far back as it matters", async () => {
    const { context, counter } = await openTypedContext();
    await write(context, "s", null);
    for (let turn = 2; turn <= 150; turn += 1) {
      await writeMetadata(context, "s", turn, { message: turn === 3 ? "rare" : "often" });
    }
    counter.reset();
    const { entries } = await audit(context, { limit: 10 });
    expect(entries.map(({ version }) => version)).toEqual([
      150, 149, 148, 147, 146, 145, 144, 143, 142, 141,
    ]);
    expect(counter.totals().get("blobs.get")).toBeUndefined();
    expect((await audit(context, { message: "rare" })).entries).toMatchObject([{ version: 3 }]);
    const all = await audit(context, { limit: 1000 });
    expect(all.entries.map(({ version }) => version)).toEqual(
      Array.from({ length: 150 }, (_, turn) => 150 - turn),
    );
  });

  test("a damaged head is told, and does not hide the others", async () => {
    const { context, store } = await openTypedContext();
    await write(context, "good", A);
    await store.refs.compareAndSet(toKey("h/bad"), undefined, new Uint8Array(40));
    for (const options of [{}, { symbols: ["bad", "good"] }]) {
      const { entries, damaged } = await audit(context, options);
      expect(entries).toMatchObject([{ symbol: "good" }]);
      expect(damaged).toMatchObject([{ key: "h/bad", error: { code: "data-integrity" } }]);
    }
  });

  test("vector 113: a version that cannot be read is no reason not to write the next one", async () => {
    const { context, store } = await openTypedContext();
    await write(context, "s", A);
    const { document } = await resolveEntry(context, "s");
    await store.blobs.deleteMany([document.key]);
    for (const [skipUnchanged, version] of [
      [false, 2],
      [true, 3],
    ] as const) {
      if (skipUnchanged) {
        const newest = await resolveEntry(context, "s");
        await store.blobs.deleteMany([newest.document.key]);
      }
      expect(await write(context, "s", A, { skipUnchanged })).toMatchObject({
        version,
        changed: true,
        sharedSegments: 0,
      });
      expect(cells((await read(context, "s")).value)).toEqual(cells(A));
    }
  });

  test("vector 113: segments that were lost are stored again, also when the value is unchanged", async () => {
    const { context, store } = await openTypedContext({ targetBytes: 160 });
    await write(context, "s", A);
    const [first, second] = await segmentKeys(store);
    await store.blobs.deleteMany([toKey(first ?? "")]);
    await expect(read(context, "s")).rejects.toMatchObject({ code: "data-integrity" });
    expect(await write(context, "s", A, { skipUnchanged: true })).toMatchObject({
      version: 2,
      changed: true,
      newSegments: 1,
      sharedSegments: 2,
    });
    expect(cells((await read(context, "s")).value)).toEqual(cells(A));
    // Cut off: not as long as it was.
    const bytes = (await store.blobs.get(toKey(second ?? "")))?.subarray(0, 20);
    await store.blobs.deleteMany([toKey(second ?? "")]);
    await store.blobs.putNew(toKey(second ?? ""), bytes ?? new Uint8Array());
    expect(await write(context, "s", A)).toMatchObject({ newSegments: 1, sharedSegments: 2 });
    expect(cells((await read(context, "s")).value)).toEqual(cells(A));
  });

  test("an append follows blocks that cannot be read, and is not lost with them", async () => {
    const { context, store } = await openTypedContext();
    await write(context, "s", series(2));
    const [key] = await segmentKeys(store);
    await store.blobs.deleteMany([toKey(key ?? "")]);
    expect(await append(context, "s", series(3, { start: 2 }))).toMatchObject({ rows: 5 });
    const { value } = await read(context, "s", { rowRange: { from: 2 } });
    expect(cells(value)).toEqual(cells(series(3, { start: 2 })));
  });

  test("vector 114: a symbol that never was, or was deleted, takes a first write", async () => {
    const { context } = await openTypedContext();
    expect(await write(context, "s", A, { expectedVersion: 0 })).toMatchObject({ version: 1 });
    await deleteSymbol(context, "s");
    expect(await write(context, "s", A, { expectedVersion: 0, skipUnchanged: true })).toMatchObject(
      { version: 3, changed: true },
    );
    expect(cells((await read(context, "s")).value)).toEqual(cells(A));
  });
});
