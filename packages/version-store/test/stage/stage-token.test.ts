import { toKey } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import { collect } from "../../src/collect/collect.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { hasSymbol } from "../../src/read/read-metadata.ts";
import { read } from "../../src/read/read.ts";
import { discardStaged } from "../../src/stage/discard-staged.ts";
import { finalize } from "../../src/stage/finalize.ts";
import type { StageToken } from "../../src/stage/stage-token.ts";
import { stage } from "../../src/stage/stage.ts";
import { refKeys } from "../open-test-library.ts";
import { openTypedContext, segmentKeys } from "../open-typed-context.ts";
import { cells, series } from "../series.ts";

let store: ReturnType<typeof openMemoryStore>;
let context: LibraryContext;
let token: StageToken;

beforeEach(async () => {
  store = openMemoryStore();
  ({ context } = await openTypedContext({ store, targetBytes: 160 }));
  token = await stage(context, "s", series(30));
});

describe("a token", () => {
  test.each<{ why: string; bad: (good: StageToken) => unknown }>([
    { why: "nothing", bad: () => null },
    { why: "text", bad: (good) => JSON.stringify(good) },
    { why: "another format", bad: (good) => ({ ...good, format: "foretile-stage-2" }) },
    { why: "another library", bad: (good) => ({ ...good, library: "x" }) },
    { why: "another symbol", bad: (good) => ({ ...good, symbol: "t" }) },
    { why: "no transaction", bad: (good) => ({ ...good, transaction: "../x" }) },
    { why: "another transaction", bad: (good) => ({ ...good, transaction: "0".repeat(26) }) },
    { why: "other rows", bad: (good) => ({ ...good, rows: 31 }) },
    { why: "rows as text", bad: (good) => ({ ...good, rows: "30" }) },
    { why: "no content", bad: (good) => ({ ...good, content: undefined }) },
    {
      why: "half of its content",
      bad: (good) => ({ ...good, content: good.content.slice(0, 200) }),
    },
    { why: "content that is no text", bad: (good) => ({ ...good, content: 7 }) },
    { why: "content of another kind", bad: (good) => ({ ...good, content: "gA==" }) },
  ])("with $why is refused", async ({ bad }) => {
    await expect(finalize(context, "s", [bad(token)], { mode: "write" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await hasSymbol(context, "s")).toBe(false);
  });

  test("with any flipped bit of its content is refused, or its rows are", async () => {
    const bytes = Buffer.from(token.content, "base64");
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const bad = { ...token, content: flipped.toString("base64") };
      const used = finalize(context, "s", [bad], { mode: "write" }).then(() => read(context, "s"));
      // Facts about the index are the only thing that nothing proves.
      await used.then(
        ({ value }) => expect(cells(value)).toEqual(cells(series(30))),
        (error: unknown) => expect(error).toMatchObject({ name: "VersionStoreError" }),
      );
      token = await stage(context, "s", series(30));
    }
  });

  test("that names somebody's running transaction is refused", async () => {
    await using transaction = await Transaction.begin(context, "s");
    const forged = JSON.stringify(token).replaceAll(token.transaction, transaction.id);
    const bytes = Buffer.from(token.content, "base64").toString("latin1");
    const content = Buffer.from(
      bytes.replaceAll(token.transaction, transaction.id),
      "latin1",
    ).toString("base64");
    const bad = { ...(JSON.parse(forged) as StageToken), content };
    await expect(finalize(context, "s", [bad], { mode: "write" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    const foreign = await stage(context, "t", series(30));
    const mixed = { ...foreign, symbol: "s" };
    await expect(finalize(context, "s", [mixed], { mode: "write" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  test("whose segments are gone is refused before anything is published", async () => {
    const [key] = await segmentKeys(store);
    await store.blobs.deleteMany([toKey(key ?? "")]);
    await expect(finalize(context, "s", [token], { mode: "write" })).rejects.toMatchObject({
      code: "data-integrity",
      details: { key },
    });
    expect(await hasSymbol(context, "s")).toBe(false);
  });

  test("that was given up cannot be used, and a collection deletes its rows", async () => {
    await discardStaged(context, "s", [token]);
    await discardStaged(context, "s", [token]);
    await expect(finalize(context, "s", [token], { mode: "write" })).rejects.toMatchObject({
      code: "transaction-expired",
    });
    await collect(context, { force: true });
    expect(await segmentKeys(store)).toEqual([]);
    expect(await refKeys(store)).not.toContain(`i/${token.transaction}`);
  });

  test("given up after it was used leaves the version alone", async () => {
    await finalize(context, "s", [token], { mode: "write" });
    await discardStaged(context, "s", [token]);
    await collect(context, { force: true });
    expect(cells((await read(context, "s")).value)).toEqual(cells(series(30)));
  });

  test("outlives a collection while it lives, and not its lifetime", async () => {
    await collect(context, { force: true });
    expect(await segmentKeys(store)).toHaveLength(3);
    await context.clock.sleep(27 * 3_600_000);
    await collect(context, { force: true });
    await expect(finalize(context, "s", [token], { mode: "write" })).rejects.toMatchObject({
      code: "transaction-expired",
    });
    expect(await segmentKeys(store)).toEqual([]);
  });
});
