import { expect, test } from "vitest";
import { StorageError } from "@foretile/storage";
import { GroupCommit } from "../src/group-commit.ts";

/** A transaction that lets its caller decide when it ends and how; rolled-back work shows in `written`. */
function createTransactions() {
  const written: string[] = [];
  const sizes: number[] = [];
  let failure: Error | undefined;
  async function transact(callback: () => void): Promise<void> {
    await Promise.resolve();
    const before = written.length;
    try {
      callback();
    } catch (error) {
      written.length = before;
      throw error;
    }
    sizes.push(written.length - before);
    if (failure !== undefined) {
      written.length = before;
      throw failure;
    }
  }
  return {
    written,
    /** Calls of each transaction. */
    sizes,
    commits: new GroupCommit(transact),
    failWith: (error: Error | undefined) => {
      failure = error;
    },
  };
}

function lmdbError(code: number): Error {
  return Object.assign(new Error("from LMDB"), { code });
}

test("calls of one moment share a transaction and each gets its own result", async () => {
  const { commits, written, sizes } = createTransactions();
  const results = await Promise.all(
    [1, 2, 3].map((number) => commits.run(1, () => written.push(`${number}`) * 10)),
  );
  expect(results).toEqual([10, 20, 30]);
  expect(sizes).toEqual([3]);
});

test("a group ends before it holds too many bytes, but one call always fits", async () => {
  const { commits, written, sizes } = createTransactions();
  const megabytes = [20, 20, 5, 100, 1];
  await Promise.all(
    megabytes.map((size) => commits.run(size * 1024 * 1024, () => written.push(`${size}`))),
  );
  expect(sizes).toEqual([1, 2, 1, 1]);
});

test("a group ends after 2000 calls", async () => {
  const { commits, written, sizes } = createTransactions();
  const calls = Array.from({ length: 4_500 }, () => commits.run(0, () => written.push("")));
  await Promise.all(calls);
  expect(sizes).toEqual([2_000, 2_000, 500]);
});

test("an answer of the store rejects its call and leaves the others in the same transaction", async () => {
  const { commits, written, sizes } = createTransactions();
  const conflict = new StorageError("conflict", "other bytes");
  const results = await Promise.allSettled([
    commits.run(1, () => written.push("a")),
    commits.run(1, () => {
      throw conflict;
    }),
    commits.run(1, () => written.push("c")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[1]).toEqual({ status: "rejected", reason: conflict });
  expect(written).toEqual(["a", "c"]);
  expect(sizes).toEqual([2]);
});

test("a call that LMDB refuses is taken out and the others are done again", async () => {
  const { commits, written } = createTransactions();
  const results = await Promise.allSettled([
    commits.run(1, () => written.push("a")),
    commits.run(1, () => {
      written.push("half");
      throw lmdbError(-30792);
    }),
    commits.run(1, () => written.push("c")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(results[1]).toMatchObject({ reason: { code: "full", retry: "never" } });
  expect(written).toEqual(["a", "c"]);
});

test("a commit that fails rejects every call of its group, and later calls go on", async () => {
  const { commits, written, failWith } = createTransactions();
  failWith(lmdbError(28));
  const results = await Promise.allSettled(
    [1, 2].map(() => commits.run(1, () => written.push(""))),
  );
  for (const result of results) {
    expect(result).toMatchObject({ status: "rejected", reason: { code: "full" } });
  }
  failWith(undefined);
  await commits.run(1, () => written.push("later"));
  expect(written).toEqual(["later"]);
});

test("a transaction that cannot begin rejects everybody who waits", async () => {
  const commits = new GroupCommit(() => Promise.reject(lmdbError(22)));
  const results = await Promise.allSettled([1, 2].map((number) => commits.run(1, () => number)));
  for (const result of results) {
    expect(result).toMatchObject({
      reason: { name: "StorageError", code: "unknown", retry: "unknown-outcome" },
    });
  }
});
