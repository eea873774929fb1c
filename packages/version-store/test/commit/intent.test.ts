import type { DocumentValue } from "@foretile/codecs/msgpack";
import { beforeEach, describe, expect, test } from "vitest";
import { deleteIntent, readIntent, writeIntent, type Intent } from "../../src/commit/intent.ts";
import { intentKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext } from "../open-test-context.ts";

const intent: Intent = {
  transactionId: "t".repeat(26),
  kind: "commit",
  symbols: ["s"],
  snapshot: undefined,
  startedAtMs: 5,
  lifetimeMs: 6,
  state: "running",
};
const key = intentKey(intent.transactionId);

let context: LibraryContext;

beforeEach(async () => {
  context = await openTestContext();
});

describe("an intent", () => {
  test("is read as it was written, and gone when it was deleted", async () => {
    await writeIntent(context, intent);
    expect(await readIntent(context, intent.transactionId)).toMatchObject({ intent });
    await deleteIntent(context, intent.transactionId);
    expect(await readIntent(context, intent.transactionId)).toBeUndefined();
    await deleteIntent(context, intent.transactionId);
  });

  test("is written once", async () => {
    await writeIntent(context, intent);
    await expect(writeIntent(context, { ...intent, kind: "edit" })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(await readIntent(context, intent.transactionId)).toMatchObject({ intent });
  });

  test("that was given up and closed before its owner was told of it is expired", async () => {
    const compareAndSet = context.refs.compareAndSet.bind(context.refs);
    context.refs.compareAndSet = async (...call) => {
      context.refs.compareAndSet = compareAndSet;
      await compareAndSet(...call);
      await deleteIntent(context, intent.transactionId);
      return { swapped: false };
    };
    await expect(writeIntent(context, intent)).rejects.toMatchObject({
      code: "transaction-expired",
      retry: "safe",
    });
  });

  test("of too many symbols to be read back is refused", async () => {
    const symbols = Array.from({ length: 100 }, () => "s".repeat(1024));
    await expect(writeIntent(context, { ...intent, symbols })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  test("is deleted although it changes meanwhile", async () => {
    await writeIntent(context, intent);
    const compareAndSet = context.refs.compareAndSet.bind(context.refs);
    context.refs.compareAndSet = async (...call) => {
      context.refs.compareAndSet = compareAndSet;
      const ref = await context.refs.read(key);
      await compareAndSet(key, ref?.token, ref?.value);
      return compareAndSet(...call);
    };
    await deleteIntent(context, intent.transactionId);
    expect(await context.refs.read(key)).toBeUndefined();
  });

  const fields = {
    transaction: intent.transactionId,
    kind: "commit",
    symbols: ["s"],
    snapshot: null,
    started_at_ms: 5,
    lifetime_ms: 6,
    state: "running",
  };

  test.each<[string, DocumentValue]>([
    ["of an unknown kind", { ...fields, kind: "audit" }],
    ["in an unknown state", { ...fields, state: "paused" }],
    ["with a symbol that is no text", { ...fields, symbols: [5] }],
    ["of a negative lifetime", { ...fields, lifetime_ms: -1 }],
    ["that is no map", "running"],
  ])("%s is damaged", async (_, value) => {
    await context.refs.compareAndSet(key, undefined, context.documents.seal("INTE", 1, value));
    await expect(readIntent(context, intent.transactionId)).rejects.toMatchObject({
      code: "data-integrity",
    });
  });

  test("of a newer format says to upgrade", async () => {
    await context.refs.compareAndSet(key, undefined, context.documents.seal("INTE", 2, fields));
    await expect(readIntent(context, intent.transactionId)).rejects.toMatchObject({
      code: "format-too-new",
    });
  });

  test("with any bit flipped is damaged", async () => {
    const sound = context.documents.seal("INTE", 1, fields);
    for (let index = 0; index < sound.length; index += 1) {
      const flipped = sound.slice();
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      const before = await context.refs.read(key);
      await context.refs.compareAndSet(key, before?.token, flipped);
      await expect(readIntent(context, intent.transactionId)).rejects.toMatchObject({
        name: "VersionStoreError",
      });
    }
  });
});
