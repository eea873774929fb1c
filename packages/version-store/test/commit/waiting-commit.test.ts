import { beforeEach, describe, expect, test } from "vitest";
import { readIntent, replaceIntent } from "../../src/commit/intent.ts";
import { Transaction } from "../../src/commit/transaction.ts";
import { refKeys, textContent } from "../open-test-library.ts";
import { type CommitWorld, addText, openCommitWorld } from "./commit-world.ts";

let world: CommitWorld;

beforeEach(async () => {
  world = await openCommitWorld();
});

describe("a commit that waits for its turn", () => {
  test("ends when its signal is aborted, though the one before is still under way", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const first = await Transaction.begin(world.context, "s");
    const under = first.commit(async () => {
      await held;
      return textContent("first");
    });
    const abort = new AbortController();
    const waiting = await Transaction.begin(world.context, "s");
    const aborted = waiting.commit(addText("never"), { signal: abort.signal });
    const next = await Transaction.begin(world.context, "s");
    const follows = next.commit(addText("next"));
    abort.abort(new Error("no longer wanted"));
    await expect(aborted).rejects.toThrow("no longer wanted");
    expect(waiting.isOpen).toBe(true);
    release(undefined);
    expect(await under).toMatchObject({ version: 1 });
    expect(await follows).toMatchObject({ version: 2 });
    expect(await world.textAt()).toBe("first+next");
    await waiting.abandon();
    expect(await world.intents()).toEqual([]);
  });

  test("does not wait at all when its signal was aborted before", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const first = await Transaction.begin(world.context, "s");
    const under = first.commit(async () => {
      await held;
      return textContent("first");
    });
    const waiting = await Transaction.begin(world.context, "s");
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(waiting.commit(addText("never"), { signal })).rejects.toThrow("too late");
    release(undefined);
    await under;
  });

  test("is not built when its signal was aborted before", async () => {
    const transaction = await Transaction.begin(world.context, "s");
    let built = false;
    const commit = transaction.commit(
      () => {
        built = true;
        return textContent("never");
      },
      { signal: AbortSignal.abort(new Error("too late")) },
    );
    await expect(commit).rejects.toThrow("too late");
    expect(built).toBe(false);
    await transaction.abandon();
    expect(await refKeys(world.store)).toEqual([]);
  });

  test("fails alone when it was given up meanwhile", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const first = await Transaction.begin(world.context, "s");
    const under = first.commit(async () => {
      await held;
      return textContent("first");
    });
    const lost = await Transaction.begin(world.context, "s");
    const given = lost.commit(addText("never"));
    const next = await Transaction.begin(world.context, "s");
    const follows = next.commit(addText("next"));
    const state = await readIntent(world.rival, lost.id);
    if (state !== undefined) await replaceIntent(world.rival, state, { state: "aborted" });
    release(undefined);
    await expect(given).rejects.toMatchObject({ code: "transaction-expired" });
    expect(await under).toMatchObject({ version: 1 });
    expect(await follows).toMatchObject({ version: 2 });
    expect(await world.textAt()).toBe("first+next");
  });
});
