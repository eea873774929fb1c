import { openMemoryStore } from "@foretile/storage/memory";
import { describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { read } from "../../src/read/read.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { stage } from "../../src/stage/stage.ts";
import { append } from "../../src/write/append.ts";
import { update } from "../../src/write/update.ts";
import { restoreVersion } from "../../src/write/restore-version.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";
import { openTypedContext } from "../open-typed-context.ts";
import { numbers } from "../series.ts";

const full = { code: "quota-exceeded" };

/** 800 bytes. */
const hundred = numbers(Array.from({ length: 100 }, (_, row) => Math.sqrt(row)));

/** 2 000 bytes. */
const large = numbers(Array.from({ length: 250 }, (_, row) => Math.sqrt(row)));

describe("a quota", () => {
  test("vector 115: refuses what does not fit before anything is uploaded", async () => {
    const { context, counter } = await openTypedContext({ quotaBytes: 5000 });
    await write(context, "s", hundred);
    counter.reset();
    const huge = numbers(Array.from({ length: 1000 }, (_, row) => Math.sqrt(row)));
    await expect(write(context, "t", huge)).rejects.toMatchObject(full);
    await expect(append(context, "s", huge)).rejects.toMatchObject(full);
    const range = { rows: { from: 0, to: 1 } };
    await expect(update(context, "s", huge, { range })).rejects.toMatchObject(full);
    await expect(stage(context, "s", huge)).rejects.toMatchObject(full);
    expect(counter.totals().get("blobs.putNew")).toBeUndefined();
    expect(counter.totals().get("refs.compareAndSet")).toBeUndefined();
  });

  test("counts what the store had before, and what was stored since", async () => {
    const store = openMemoryStore();
    const { context: before } = await openTypedContext({ store });
    const { newBytes } = await write(before, "s", hundred);
    let storedBytes = 0;
    for await (const batch of store.blobs.list({})) {
      for (const { length } of batch) storedBytes += length;
    }
    const quotaBytes = storedBytes + 2 * newBytes + 700;
    const { context, counter } = await openTypedContext({ store, quotaBytes, seed: 2 });
    const results: string[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      const value = numbers(Array.from({ length: 100 }, (_, row) => turn + row / 7));
      results.push(
        await write(context, `t${turn}`, value).then(
          () => "stored",
          (error: { code: string }) => error.code,
        ),
      );
    }
    expect(results).toEqual(["stored", "stored", "quota-exceeded", "quota-exceeded"]);
    // One batch, and the end of the listing.
    expect(counter.totals().get("blobs.list")?.calls).toBe(2);
  });

  test("counts what is being stored at the same time", async () => {
    const { context } = await openTypedContext({ quotaBytes: 2500 });
    const results = await Promise.allSettled(
      ["a", "b", "c", "d", "e"].map((symbol) => write(context, symbol, hundred)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
  });

  test("does not keep anybody from changes without data", async () => {
    const { context } = await openTypedContext({ quotaBytes: 1000 });
    await write(context, "s", hundred);
    await expect(append(context, "s", hundred)).rejects.toMatchObject(full);
    await writeMetadata(context, "s", "m");
    await restoreVersion(context, "s", 1);
    expect((await read(context, "s")).version).toBe(3);
  });

  test("is measured again after a collection", async () => {
    const { context } = await openTypedContext({ quotaBytes: 3700 });
    await write(context, "s", hundred);
    await write(context, "s", numbers(Array.from({ length: 100 }, (_, row) => Math.cbrt(row))));
    await deleteSymbol(context, "s", { hard: true });
    await expect(write(context, "t", large)).rejects.toMatchObject(full);
    await context.clock.sleep(2 * context.config.times.graceMs);
    await collect(context, { force: true });
    expect(await write(context, "t", large)).toMatchObject({ version: 1 });
  });
});
