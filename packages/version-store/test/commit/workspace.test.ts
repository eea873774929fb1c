import type { Clock } from "@foretile/resilience";
import { openMemoryStore } from "@foretile/storage/memory";
import type { Store } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { readIntent, replaceIntent } from "../../src/commit/intent.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import { VERSION_KIND } from "../../src/document/document-kind.ts";
import { intentKey, parseBlobKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { segmentOwnerKey } from "../../src/manifest/manifest.ts";
import { allBlobs, refKeys } from "../open-test-library.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";

/** A clock whose two times are set by hand. */
class HandClock implements Clock {
  wallMs = START_MS;
  elapsedMs = 0;
  nowMs = (): number => this.wallMs;
  monotonicMs = (): number => this.elapsedMs;
  sleep = async (): Promise<void> => undefined;
}

const lifetimeMs = 1000;
const bytes = new TextEncoder().encode("segment");
const hash = new Uint8Array(16).fill(7);
const expired = { code: "transaction-expired" };

let store: Store;
let clock: HandClock;
let context: LibraryContext;

beforeEach(async () => {
  store = openMemoryStore();
  clock = new HandClock();
  context = await openTestContext({ store, clock });
});

function open(): Promise<Workspace> {
  return Workspace.open(context, { kind: "commit", symbols: ["s"], lifetimeMs });
}

async function abort(workspace: Workspace): Promise<void> {
  const state = await readIntent(context, workspace.id);
  if (state === undefined) throw new Error("the workspace has an intent");
  expect(await replaceIntent(context, state, { state: "aborted" })).toBeDefined();
}

describe("a workspace", () => {
  test("is given up for good, also when a late copy of its first request brings its intent back", async () => {
    const workspace = await open();
    const key = intentKey(workspace.id);
    const first = await store.refs.read(key);
    await store.refs.compareAndSet(key, first?.token, undefined);
    await store.refs.compareAndSet(key, undefined, first?.value ?? new Uint8Array());
    await expect(workspace.ensureRunning()).rejects.toMatchObject(expired);
    clock.wallMs += lifetimeMs * 0.6;
    await expect(workspace.renewWhenDue()).rejects.toMatchObject(expired);
  });

  test("has an intent that says what it does, from its opening to its closing", async () => {
    const workspace = await Workspace.open(context, {
      kind: "snapshot",
      symbols: ["a", "b"],
      snapshot: "monday",
      lifetimeMs,
    });
    expect(await readIntent(context, workspace.id)).toMatchObject({
      intent: {
        transactionId: workspace.id,
        kind: "snapshot",
        symbols: ["a", "b"],
        snapshot: "monday",
        startedAtMs: START_MS,
        lifetimeMs,
        state: "running",
      },
    });
    await workspace.close([]);
    expect(await refKeys(store)).toEqual([]);
  });

  test("uses every key once, and its id stands in each", async () => {
    const workspace = await open();
    const segments = await Promise.all(
      [1, 2, 3].map(() => workspace.putSegment({ bytes, hash, facts: null })),
    );
    for (const area of ["v", "m", "p", "v"] as const) {
      await workspace.putDocument(area, VERSION_KIND, area);
      workspace.startAttempt();
    }
    const keys = [...(await allBlobs(store)).keys()];
    expect(keys).toHaveLength(7);
    expect(segments.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2]);
    for (const key of keys) expect(parseBlobKey(key)?.transactionId).toBe(workspace.id);
  });

  test("keeps a copy of a segment's hash", async () => {
    const workspace = await open();
    const own = hash.slice();
    const entry = await workspace.putSegment({ bytes, hash: own, facts: null });
    own.fill(0);
    expect(entry.hash).toEqual(hash);
  });

  test("deletes what it stored but for what is kept, then its intent", async () => {
    const workspace = await open();
    const [kept] = [
      await workspace.putSegment({ bytes, hash, facts: null }),
      await workspace.putSegment({ bytes, hash, facts: null }),
    ];
    const earlier = await workspace.putDocument("v", VERSION_KIND, 1);
    workspace.startAttempt();
    const later = await workspace.putDocument("v", VERSION_KIND, 2);
    expect(workspace.attemptKeys).toEqual([later.key]);
    await workspace.close([segmentOwnerKey(kept), ...workspace.attemptKeys]);
    expect([...(await allBlobs(store)).keys()]).toEqual([segmentOwnerKey(kept), later.key]);
    expect(earlier.key).not.toBe(later.key);
    expect(await refKeys(store)).toEqual([]);
  });

  test("deletes a segment whose upload failed: it may have been stored", async () => {
    const silent: LibraryContext = {
      ...context,
      blobs: {
        ...context.blobs,
        putNew: async (key, value) => {
          await store.blobs.putNew(key, value);
          throw new Error("no reply");
        },
      },
    };
    const workspace = await Workspace.open(silent, { kind: "commit", symbols: [], lifetimeMs });
    await expect(workspace.putSegment({ bytes, hash, facts: null })).rejects.toThrow("no reply");
    expect((await allBlobs(store)).size).toBe(1);
    await workspace.close([]);
    expect((await allBlobs(store)).size).toBe(0);
  });

  test("leaves alone what it disowned", async () => {
    const workspace = await open();
    const disowned = await workspace.putDocument("p", VERSION_KIND, 1);
    workspace.disownAttempt();
    expect(workspace.attemptKeys).toEqual([]);
    await workspace.putDocument("p", VERSION_KIND, 2);
    await workspace.close([]);
    expect([...(await allBlobs(store)).keys()]).toEqual([disowned.key]);
  });

  test("is not opened in a library that is only read", async () => {
    const readOnly = await openTestContext({ store, clock, readOnly: true });
    await expect(
      Workspace.open(readOnly, { kind: "commit", symbols: [], lifetimeMs }),
    ).rejects.toMatchObject({ code: "read-only-library" });
    expect(await refKeys(store)).toEqual([]);
  });

  test("is opened although the reply to its intent was lost", async () => {
    const lossy: LibraryContext = {
      ...context,
      refs: {
        ...context.refs,
        compareAndSet: async (...call) => {
          await store.refs.compareAndSet(...call);
          throw Object.assign(new Error("no reply"), { retry: "unknown-outcome" });
        },
      },
    };
    const workspace = await Workspace.open(lossy, { kind: "commit", symbols: [], lifetimeMs });
    expect(await readIntent(context, workspace.id)).toBeDefined();
  });
});

describe("the lifetime of a workspace", () => {
  test.each(["wallMs", "elapsedMs"] as const)("ends by its clock's %s", async (time) => {
    const workspace = await open();
    clock[time] += lifetimeMs;
    await workspace.ensureRunning();
    clock[time] += 1;
    await expect(workspace.ensureRunning()).rejects.toMatchObject(expired);
    await expect(workspace.putSegment({ bytes, hash, facts: null })).rejects.toMatchObject(expired);
    expect((await allBlobs(store)).size).toBe(0);
  });

  test("does not end because the wall clock was set back", async () => {
    const workspace = await open();
    clock.wallMs -= 10 * lifetimeMs;
    await workspace.ensureRunning();
    clock.elapsedMs += lifetimeMs + 1;
    await expect(workspace.ensureRunning()).rejects.toMatchObject(expired);
  });

  test("starts anew with uploads in its second half, and not before", async () => {
    const workspace = await open();
    const startedAt = async (): Promise<number | undefined> =>
      (await readIntent(context, workspace.id))?.intent.startedAtMs;
    clock.wallMs += lifetimeMs / 2;
    await workspace.putSegment({ bytes, hash, facts: null });
    expect(await startedAt()).toBe(START_MS);
    clock.wallMs += 1;
    await workspace.putSegment({ bytes, hash, facts: null });
    expect(await startedAt()).toBe(START_MS + lifetimeMs / 2 + 1);
    clock.wallMs += lifetimeMs;
    await workspace.ensureRunning();
  });

  test("is renewed once by uploads that overlap", async () => {
    const workspace = await open();
    clock.elapsedMs += lifetimeMs;
    let renewals = 0;
    const compareAndSet = store.refs.compareAndSet.bind(store.refs);
    context.refs.compareAndSet = (...call) => {
      renewals += 1;
      return compareAndSet(...call);
    };
    await Promise.all([1, 2, 3, 4].map(() => workspace.putSegment({ bytes, hash, facts: null })));
    expect(renewals).toBe(1);
  });

  test("is renewed for all of them although the first upload is cancelled", async () => {
    const workspace = await open();
    clock.elapsedMs += lifetimeMs;
    const cancelled = new AbortController();
    const first = workspace.putSegment({ bytes, hash, facts: null }, { signal: cancelled.signal });
    const second = workspace.putSegment({ bytes, hash, facts: null });
    cancelled.abort();
    await expect(first).rejects.toMatchObject({ code: "aborted" });
    await second;
  });

  test("is renewed when a late copy of a renewal comes in between", async () => {
    const workspace = await open();
    clock.wallMs += lifetimeMs;
    const compareAndSet = store.refs.compareAndSet.bind(store.refs);
    let first = true;
    context.refs.compareAndSet = async (key, expected, next, options) => {
      const copy = first && key === intentKey(workspace.id);
      first = false;
      if (copy) await compareAndSet(key, expected, next, options);
      return compareAndSet(key, expected, next, options);
    };
    await workspace.putSegment({ bytes, hash, facts: null });
    await expect(workspace.ensureRunning()).resolves.toBeUndefined();
  });
});

describe("a workspace that was given up by somebody else", () => {
  test("is not running, takes no more uploads once it would renew, and can be closed", async () => {
    const workspace = await open();
    await workspace.putSegment({ bytes, hash, facts: null });
    await abort(workspace);
    await expect(workspace.ensureRunning()).rejects.toMatchObject(expired);
    clock.elapsedMs += lifetimeMs;
    await expect(workspace.putSegment({ bytes, hash, facts: null })).rejects.toMatchObject(expired);
    await workspace.close([]);
    expect(await refKeys(store)).toEqual([]);
    expect((await allBlobs(store)).size).toBe(0);
  });

  test("is not running when its intent is gone", async () => {
    const workspace = await open();
    const state = await readIntent(context, workspace.id);
    await store.refs.compareAndSet(intentKey(workspace.id), state?.token, undefined);
    await expect(workspace.ensureRunning()).rejects.toMatchObject(expired);
    await workspace.close([]);
  });

  test("is not taken back by a renewal that was under way", async () => {
    const workspace = await open();
    clock.elapsedMs += lifetimeMs;
    const compareAndSet = store.refs.compareAndSet.bind(store.refs);
    context.refs.compareAndSet = async (...call) => {
      context.refs.compareAndSet = compareAndSet;
      await abort(workspace);
      return compareAndSet(...call);
    };
    await expect(workspace.putSegment({ bytes, hash, facts: null })).rejects.toMatchObject(expired);
    expect(await readIntent(context, workspace.id)).toMatchObject({ intent: { state: "aborted" } });
  });
});
