import { grpc } from "google-gax";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { toKey, type BlobEntry, type RowMutation, type Store } from "@foretile/storage";
import { withRetry } from "@foretile/storage/layers";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { openBigtableStore, probeBigtable } from "../../../src/index.ts";
import { startHostileServer, type Method } from "./hostile-server.ts";
import { temporaryStores } from "./temporary-stores.ts";

const stores = await temporaryStores();
const hostile = await startHostileServer(stores.place().emulatorHost ?? "");
afterAll(() => hostile[Symbol.asyncDispose]());

const {
  UNAVAILABLE,
  INTERNAL,
  ABORTED,
  DEADLINE_EXCEEDED,
  PERMISSION_DENIED,
  FAILED_PRECONDITION,
  RESOURCE_EXHAUSTED,
} = grpc.status;

const key = toKey("key");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

/** The bare store behind the hostile server, and the same one reached directly. */
async function openBoth(): Promise<{ store: Store; direct: Store }> {
  const place = stores.place();
  const direct = await openBigtableStore({ ...place, mode: "create" });
  await direct.table("t").setFamily("f", {});
  const through = { emulatorHost: hostile.endpoint, mode: "write", layers: false } as const;
  const store = await openBigtableStore({ ...place, ...through });
  hostile.reset();
  return { store, direct };
}

/** Retries without waiting. */
async function openRetried(): Promise<{ store: Store; direct: Store }> {
  const { store, direct } = await openBoth();
  const clock = createInstantClock({ startMs: 1_700_000_000_000 });
  return { store: withRetry(store, { clock, random: createSeededRandom(1) }), direct };
}

const row = (name: string): RowMutation => ({
  key: toKey(name),
  mutations: [
    { type: "set-cell", family: "f", qualifier: "q", timestampMicros: 0, value: bytes(name) },
  ],
});

async function listed(store: Store): Promise<readonly string[]> {
  const entries: BlobEntry[] = [];
  for await (const batch of store.blobs.list({})) entries.push(...batch);
  return entries.map((entry) => entry.key);
}

/** What a call fails with that is aborted as soon as the server has it. */
async function abortOnArrival(
  method: Method,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const controller = new AbortController();
  hostile.strike(method, { kind: "hang" });
  const failure = call(controller.signal).catch((error: unknown) => error);
  await hostile.arrived();
  controller.abort();
  return failure;
}

beforeEach(() => hostile.reset());

describe("reads", () => {
  test.each([
    ["UNAVAILABLE", UNAVAILABLE, "unavailable"],
    ["INTERNAL", INTERNAL, "unavailable"],
    ["DEADLINE_EXCEEDED", DEADLINE_EXCEEDED, "timeout"],
  ])("%s is safe to repeat, and the bare store does not", async (_, code, expected) => {
    const { store, direct } = await openBoth();
    await direct.blobs.putNew(key, bytes("x"));
    hostile.strike("readRows", { kind: "fail", code });
    await expect(store.blobs.get(key)).rejects.toMatchObject({ code: expected, retry: "safe" });
    expect(hostile.calls("readRows")).toBe(1);
    expect(text(await store.blobs.get(key))).toBe("x");
  });

  test("a stream that breaks again and again gives each entry once, in order", async () => {
    const { store, direct } = await openRetried();
    const keys = Array.from({ length: 40 }, (_, index) => `k${String(index).padStart(2, "0")}`);
    await Promise.all(keys.map((name) => direct.blobs.putNew(toKey(name), bytes(name))));
    for (const after of [0, 3, 0, 0, 17, 1]) {
      hostile.strike("readRows", { kind: "cut", after, code: UNAVAILABLE });
    }
    expect(await listed(store)).toEqual(keys);
    expect(hostile.calls("readRows")).toBe(7);
  });

  test("a stream that never gets far is read to its end, a little each time", async () => {
    const { store, direct } = await openRetried();
    const keys = Array.from({ length: 20 }, (_, index) => `k${String(index).padStart(2, "0")}`);
    await Promise.all(keys.map((name) => direct.blobs.putNew(toKey(name), bytes(name))));
    const cuts = Array.from(
      { length: 7 },
      () => ({ kind: "cut", after: 3, code: UNAVAILABLE }) as const,
    );
    hostile.strike("readRows", ...cuts);
    expect(await listed(store)).toEqual(keys);
  });

  test("more keys than a request takes are read by several calls, up to the limit", async () => {
    const { store, direct } = await openBoth();
    const keys = Array.from({ length: 1_500 }, (_, index) =>
      toKey(`${String(index).padStart(4, "0")}${"k".repeat(200)}`),
    );
    const there = keys.filter((_, index) => index % 3 === 0);
    await direct.table("t").mutateRows(there.map(row));
    const read = async (limit?: number): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const batch of store.table("t").readRows({ keys }, { limit })) {
        found.push(...batch.map((each) => each.key));
      }
      return found;
    };
    expect(await read()).toEqual(there);
    expect(hostile.calls("readRows")).toBe(3);
    expect(await read(300)).toEqual(there.slice(0, 300));
    expect(hostile.calls("readRows")).toBe(5);
  });

  test("a stream that ends inside a row is no answer", async () => {
    const { store, direct } = await openBoth();
    await direct.blobs.putNew(key, bytes("x"));
    hostile.strike("readRows", {
      kind: "change",
      change: ({ chunks, ...rest }) => ({ ...rest, chunks: (chunks as unknown[]).slice(0, -1) }),
    });
    await expect(store.blobs.get(key)).rejects.toMatchObject({ retry: "safe" });
  });

  test("a blob of which a piece is missing is damaged", async () => {
    const { store, direct } = await openBoth();
    await direct.blobs.putNew(key, bytes("x"));
    hostile.strike("readRows", {
      kind: "change",
      change: ({ chunks, ...rest }) => ({
        ...rest,
        // Only the length is left.
        chunks: (chunks as { familyName?: { value: string } }[])
          .filter(({ familyName }) => familyName?.value === "l")
          .map((chunk) => ({ ...chunk, commitRow: true })),
      }),
    });
    await expect(store.blobs.get(key)).rejects.toMatchObject({ code: "damaged", retry: "never" });
  });

  test("an abort cancels the call", async () => {
    const { store } = await openBoth();
    const failure = await abortOnArrival("readRows", (signal) => store.blobs.get(key, { signal }));
    expect(failure).toMatchObject({ code: "aborted" });
    await hostile.cancelled();
  });
});

describe("writes", () => {
  test("rows without a status have failed, and nobody knows what became of them", async () => {
    const { store } = await openBoth();
    hostile.strike("mutateRows", {
      kind: "change",
      change: ({ entries }) => ({
        entries: (entries as { status: unknown }[]).slice(0, 3).map((entry, index) =>
          // One status is missing, the fourth has no entry at all.
          index === 1 ? { ...entry, status: null } : entry,
        ),
      }),
    });
    const statuses = await store.table("t").mutateRows(["a", "b", "c", "d"].map(row));
    expect(statuses.map((status) => (status.ok ? "ok" : status.error))).toEqual([
      "ok",
      expect.objectContaining({ code: "unavailable", retry: "unknown-outcome" }),
      "ok",
      expect.objectContaining({ code: "unavailable", retry: "unknown-outcome" }),
    ]);
  });

  test("only the rows that failed are sent again", async () => {
    const { store, direct } = await openRetried();
    const sent: number[] = [];
    const answer = (failing: readonly number[]) => ({
      kind: "change" as const,
      change: ({ entries }: { readonly [field: string]: unknown }) => {
        sent.push((entries as unknown[]).length);
        return {
          entries: (entries as object[]).map((entry, index) =>
            failing.includes(index) ? { ...entry, status: { code: UNAVAILABLE } } : entry,
          ),
        };
      },
    });
    hostile.strike("mutateRows", answer([1, 3]), answer([1]), answer([]));
    const statuses = await store.table("t").mutateRows(["a", "b", "c", "d"].map(row));
    expect(statuses.every(({ ok }) => ok)).toBe(true);
    expect(sent).toEqual([4, 2, 1]);
    const keys: string[] = [];
    for await (const batch of direct.table("t").readRows({})) {
      keys.push(...batch.map((each) => each.key));
    }
    expect(keys).toEqual(["a", "b", "c", "d"]);
  });

  test("a row that the service refused fails alone and is not sent again", async () => {
    const { store } = await openRetried();
    hostile.strike("mutateRows", {
      kind: "change",
      change: ({ entries }) => ({
        entries: (entries as object[]).map((entry, index) =>
          index === 1 ? { ...entry, status: { code: PERMISSION_DENIED } } : entry,
        ),
      }),
    });
    const statuses = await store.table("t").mutateRows(["a", "b", "c"].map(row));
    expect(statuses.map((status) => (status.ok ? "ok" : status.error))).toEqual([
      "ok",
      expect.objectContaining({
        code: "permission-denied",
        message: expect.stringContaining("roles/bigtable.user"),
      }),
      "ok",
    ]);
    expect(hostile.calls("mutateRows")).toBe(1);
  });

  test.each([
    ["reply is lost", { kind: "lose-reply", code: UNAVAILABLE } as const],
    ["call is delivered twice", { kind: "deliver-twice" } as const],
    ["call fails", { kind: "fail", code: INTERNAL } as const],
    ["stream is cut", { kind: "cut", after: 0, code: UNAVAILABLE } as const],
  ])("a blob whose %s is stored once and equal", async (_, strike) => {
    const { store, direct } = await openRetried();
    hostile.strike("mutateRows", strike);
    await store.blobs.putNew(key, bytes("value"));
    expect(text(await direct.blobs.get(key))).toBe("value");
    expect(await listed(direct)).toEqual([key]);
  });

  test("a quota that is used up is not asked for again", async () => {
    const { store } = await openRetried();
    hostile.strike("mutateRows", { kind: "fail", code: RESOURCE_EXHAUSTED });
    await expect(store.blobs.putNew(key, bytes("x"))).rejects.toMatchObject({
      code: "full",
      retry: "never",
    });
    expect(hostile.calls("mutateRows")).toBe(1);
  });

  test("a write whose last waiter left is cancelled", async () => {
    const { store } = await openBoth();
    const failure = await abortOnArrival("mutateRows", (signal) =>
      Promise.all(
        ["a", "b"].map((name) => store.blobs.putNew(toKey(name), bytes("x"), { signal })),
      ),
    );
    expect(failure).toMatchObject({ code: "aborted" });
    await hostile.cancelled();
    expect(hostile.calls("mutateRows")).toBe(1);
  });
});

describe("conditional writes", () => {
  test.each([
    ["UNAVAILABLE", UNAVAILABLE, "unavailable"],
    ["INTERNAL", INTERNAL, "unavailable"],
    ["ABORTED", ABORTED, "unavailable"],
    ["DEADLINE_EXCEEDED", DEADLINE_EXCEEDED, "timeout"],
  ])("a swap whose reply is lost with %s is of unknown outcome", async (_, code, expected) => {
    const { store, direct } = await openRetried();
    hostile.strike("checkAndMutateRow", { kind: "lose-reply", code });
    await expect(store.refs.compareAndSet(key, undefined, bytes("one"))).rejects.toMatchObject({
      code: expected,
      retry: "unknown-outcome",
    });
    expect(hostile.calls("checkAndMutateRow")).toBe(1);
    expect(text((await direct.refs.read(key))?.value)).toBe("one");
  });

  test("a swap that fails before it arrives is of unknown outcome too, and nothing happened", async () => {
    const { store, direct } = await openRetried();
    hostile.strike("checkAndMutateRow", { kind: "fail", code: UNAVAILABLE });
    await expect(store.refs.compareAndSet(key, undefined, bytes("one"))).rejects.toMatchObject({
      retry: "unknown-outcome",
    });
    expect(await direct.refs.read(key)).toBeUndefined();
  });

  test("a value that no filter can hold is refused before it is sent", async () => {
    const { store } = await openBoth();
    const predicate = { family: "f", qualifier: "q", value: new Uint8Array(8 * 1024 + 1) };
    const mutation = { key, predicate, onMatch: row("x").mutations };
    await expect(store.table("t").checkAndMutateRow(mutation)).rejects.toMatchObject({
      code: "too-large",
    });
    expect(hostile.calls("checkAndMutateRow")).toBe(0);
  });

  test("a swap that is delivered twice happens once", async () => {
    const { store } = await openBoth();
    const first = await store.refs.compareAndSet(key, undefined, bytes("one"));
    const expected = first.swapped ? first.token : undefined;
    hostile.strike("checkAndMutateRow", { kind: "deliver-twice" });
    const second = await store.refs.compareAndSet(key, expected, bytes("two"));
    const there = await store.refs.read(key);
    expect([text(there?.value), second]).toEqual(["two", { swapped: true, token: there?.token }]);
  });

  test("an abort after the call was sent is of unknown outcome", async () => {
    const { store } = await openBoth();
    const failure = await abortOnArrival("checkAndMutateRow", (signal) =>
      store.refs.compareAndSet(key, undefined, bytes("x"), { signal }),
    );
    expect(failure).toMatchObject({ code: "aborted", retry: "unknown-outcome" });
  });
});

describe("opening", () => {
  test.each([
    ["write", "checkAndMutateRow", PERMISSION_DENIED, "permission-denied", "roles/bigtable.user"],
    ["read", "readRows", PERMISSION_DENIED, "permission-denied", "roles/bigtable.reader"],
    ["create", "createTable", PERMISSION_DENIED, "permission-denied", "roles/bigtable.admin"],
    ["write", "checkAndMutateRow", FAILED_PRECONDITION, "unsupported", "--transactional-writes"],
  ] as const)(
    "%s with %s refused names the remedy",
    async (mode, method, code, expected, remedy) => {
      const place = stores.place();
      if (mode !== "create") await (await openBigtableStore({ ...place, mode: "create" })).close();
      hostile.strike(method, { kind: "fail", code });
      const opening = openBigtableStore({ ...place, emulatorHost: hostile.endpoint, mode });
      await expect(opening).rejects.toMatchObject({
        code: expected,
        message: expect.stringContaining(remedy),
      });
    },
  );

  test("a service that does not answer at first is asked again", async () => {
    const place = stores.place();
    await (await openBigtableStore({ ...place, mode: "create" })).close();
    hostile.strike("readRows", { kind: "fail", code: UNAVAILABLE });
    await using store = await openBigtableStore({
      ...place,
      emulatorHost: hostile.endpoint,
      mode: "read",
    });
    expect(await store.blobs.get(key)).toBeUndefined();
  });

  test("a probe tells of refused writes, an app profile and a table in the way", async () => {
    const place = stores.place();
    await (await openBigtableStore({ ...place, mode: "create" })).close();
    hostile.strike("mutateRows", { kind: "fail", code: PERMISSION_DENIED });
    hostile.strike("checkAndMutateRow", { kind: "fail", code: FAILED_PRECONDITION });
    const findings = await probeBigtable({ ...place, emulatorHost: hostile.endpoint });
    expect(findings.filter(({ ok }) => !ok)).toEqual([
      expect.objectContaining({
        what: `table ${place.prefix}.blobs`,
        remedy: expect.stringContaining("roles/bigtable.user"),
      }),
      expect.objectContaining({
        what: "conditional writes",
        remedy: expect.stringContaining("single cluster"),
      }),
    ]);
  });
});
