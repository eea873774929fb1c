import type { Clock } from "@foretile/resilience";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, dumpStore, loadStore, type StoreDump } from "@foretile/testkit";
import { Transaction } from "../../src/commit/transaction.ts";
import { Workspace } from "../../src/commit/workspace.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { deleteSymbol } from "../../src/retention/delete-symbol.ts";
import { deleteVersion } from "../../src/retention/delete-version.ts";
import { createSnapshot } from "../../src/snapshot/create-snapshot.ts";
import { deleteSnapshot } from "../../src/snapshot/delete-snapshot.ts";
import { placePending } from "../../src/snapshot/pending-snapshot.ts";
import type { AsOf } from "../../src/version/as-of.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { commitParts, partsAt } from "./part-values.ts";

const dayMs = 24 * 3_600_000;

/** When the sample library is to be collected: everything that was removed is due, every transaction expired. */
export const SAMPLE_END_MS = START_MS + 30 * dayMs;

/** So long that the manifests with it are documents of their own. */
const longPart = "long".repeat(20_000);

/** What has to be readable in the sample library, whatever is collected. */
const needed: readonly (readonly [symbol: string, asOf: AsOf | undefined, parts: string[]])[] = [
  ["a", undefined, ["a1", "a3", "a4"]],
  ["a", 3, ["a1", "a3"]],
  ["b", "kept", ["b1", "shared"]],
  ["c", undefined, ["c2", "both"]],
  ["d", undefined, [longPart]],
];

/**
 * A library with garbage of every kind: removed versions that share segments with others, a deleted symbol that a
 * snapshot pins, a deleted snapshot, replaced pages, and what three processes left that died.
 */
export async function makeSample(): Promise<StoreDump> {
  const store = openMemoryStore();
  const clock = createInstantClock({ startMs: START_MS });
  const context = await openTestContext({ store, clock });
  for (const parts of [
    ["a1", "a2"],
    ["a2", "gone"],
    ["a1", "a3"],
    ["a1", "a3", "a4"],
  ]) {
    await commitParts(context, "a", parts);
  }
  await deleteVersion(context, "a", 1);
  await deleteVersion(context, "a", 2);
  await commitParts(context, "b", ["b1", "shared"]);
  await createSnapshot(context, "kept");
  await commitParts(context, "b", ["shared", "b2"]);
  await commitParts(context, "c", ["c1", "both"]);
  await createSnapshot(context, "dropped");
  await commitParts(context, "c", ["c2", "both"]);
  await deleteSnapshot(context, "dropped");
  await deleteVersion(context, "c", 1);
  await deleteSymbol(context, "b", { hard: true });
  for (const parts of [[longPart, "d1"], [longPart]]) await commitParts(context, "d", parts);
  await deleteVersion(context, "d", 1);
  await dieMidway(context);
  return dumpStore(store);
}

/** What is left by processes that died while they committed, and while they made a snapshot. */
async function dieMidway(context: LibraryContext): Promise<void> {
  for (const symbol of ["a", "never"]) {
    const transaction = await Transaction.begin(context, symbol);
    await transaction.putSegment(new Uint8Array(10), new Uint8Array(16));
  }
  const { id } = await Workspace.open(context, {
    kind: "snapshot",
    symbols: [],
    snapshot: "pending",
    lifetimeMs: 3_600_000,
  });
  await placePending(context, "pending", id, { createdAtMs: 0, metadata: null, immutable: false });
}

/** A context over a store that holds the sample library, at a time when everything is due. */
export async function openSample(
  dump: StoreDump,
  options: {
    readonly wrap?: ((store: Store) => Pick<Store, "blobs" | "refs">) | undefined;
    readonly seed?: number | undefined;
    readonly clock?: Clock | undefined;
  } = {},
): Promise<{ readonly store: Store; readonly context: LibraryContext }> {
  const { wrap = (inner) => inner, seed = 2 } = options;
  const store = openMemoryStore();
  await loadStore(dump, store);
  const clock = options.clock ?? createInstantClock({ startMs: SAMPLE_END_MS });
  return { store, context: await openTestContext({ store: wrap(store), clock, seed }) };
}

/** @returns whatever of the sample library cannot be read as it should; none when all is well */
export async function missingFrom(context: LibraryContext): Promise<readonly unknown[]> {
  const missing: unknown[] = [];
  for (const [symbol, asOf, parts] of needed) {
    const found = await partsAt(context, symbol, asOf);
    if (JSON.stringify(found) !== JSON.stringify(parts)) missing.push([symbol, asOf, found]);
  }
  return missing;
}
