import { expect, test } from "vitest";
import { batched, createCallScope } from "../../src/adapter/index.ts";

test("closing waits for calls under way, then releases once", async () => {
  const log: string[] = [];
  const calls = createCallScope(() => {
    log.push("released");
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  const call = calls.run(undefined, async () => {
    await promise;
    log.push("called");
  });
  const closing = calls.close();
  expect(calls.close()).toBe(closing);
  await expect(calls.run(undefined, () => 1)).rejects.toMatchObject({ code: "closed" });
  resolve();
  await Promise.all([call, closing]);
  expect(log).toEqual(["called", "released"]);
});

test("a failed call does not keep the store from closing", async () => {
  const calls = createCallScope();
  const call = calls.run(undefined, () => {
    throw new Error("failed");
  });
  const settled = Promise.allSettled([call, calls.close()]);
  expect((await settled).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

test("a failing release fails the closing", async () => {
  const calls = createCallScope(() => Promise.reject(new Error("disk")));
  await expect(calls.close()).rejects.toThrow("disk");
});

test("an aborted signal keeps the operation from starting and is the cause", async () => {
  const reason = new Error("enough");
  const calls = createCallScope();
  const run = calls.run(AbortSignal.abort(reason), () => {
    throw new Error("started");
  });
  await expect(run).rejects.toMatchObject({ code: "aborted", cause: reason });
});

test("a listing that is left early returns its iterator", async () => {
  const calls = createCallScope();
  let returned = false;
  function* entries(): Generator<number> {
    try {
      for (let index = 0; ; index += 1) yield index;
    } finally {
      returned = true;
    }
  }
  for await (const batch of batched(calls, undefined, 3, entries)) {
    expect(batch).toEqual([0, 1, 2]);
    break;
  }
  expect(returned).toBe(true);
});
