import { openMemoryStore } from "@foretile/storage/memory";
import { createCallCounter, withObserver, type CallCounter } from "@foretile/storage/layers";
import { createInstantClock } from "@foretile/testkit";
import type { DocumentValue } from "@foretile/codecs/msgpack";
import { beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "../../src/commit/workspace.ts";
import { DocumentReader } from "../../src/document/document-reader.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { Manifest, SegmentEntry } from "../../src/manifest/manifest.ts";
import { readManifest, readManifestRoot } from "../../src/manifest/read-manifest.ts";
import type { LoadedSegmentPage } from "../../src/manifest/segment-pages.ts";
import {
  decodeManifestRoot,
  decodeStoredManifest,
  encodeStoredManifest,
  type StoredManifest,
} from "../../src/manifest/stored-manifest.ts";
import { startManifest } from "../../src/manifest/write-manifest.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { segmentEntries } from "./segment-entries.ts";

let counter: CallCounter;
let context: LibraryContext;
let workspace: Workspace;

beforeEach(async () => {
  counter = createCallCounter();
  const clock = createInstantClock({ startMs: START_MS });
  const store = withObserver(openMemoryStore(), { clock, observe: counter.observe });
  context = await openTestContext({ store });
  workspace = await Workspace.open(context, { kind: "commit", symbols: ["s"], lifetimeMs: 1000 });
});

function manifestOf(segments: readonly SegmentEntry[], body: DocumentValue = { a: 1 }): Manifest {
  return { handler: "test", body, segments };
}

async function write(
  manifest: Manifest,
  basePages: readonly LoadedSegmentPage[] = [],
): Promise<{ stored: StoredManifest; written: number }> {
  counter.reset();
  const { stored, uploads } = startManifest(workspace, manifest, basePages);
  await Promise.all(uploads);
  // As it is found in a version document.
  const found = decodeStoredManifest(new DocumentReader(encodeStoredManifest(stored), "test"));
  return { stored: found, written: counter.totals().get("blobs.putNew")?.calls ?? 0 };
}

describe("a manifest", () => {
  test("of a small value stands in the version document and costs no request", async () => {
    const manifest = manifestOf(segmentEntries(500, { facts: { rows: 7 } }));
    const { stored, written } = await write(manifest);
    expect(written).toBe(0);
    expect(stored.root).toBeDefined();
    counter.reset();
    expect(await readManifest(context, stored)).toEqual({ manifest, pages: [] });
    expect(counter.totals().size).toBe(0);
  });

  test("with a large body is a document of its own", async () => {
    const manifest = manifestOf(segmentEntries(3), "b".repeat(70_000));
    const { stored, written } = await write(manifest);
    expect(written).toBe(1);
    expect(stored.pointer?.key).toMatch(/^m\//u);
    expect((await readManifest(context, stored)).manifest).toEqual(manifest);
    expect(await readManifestRoot(context, stored)).toMatchObject({ handler: "test", pages: [] });
  });

  test("of many segments is in pages, of which an append rewrites none and adds at most one", async () => {
    const first = await write(manifestOf(segmentEntries(10_000)));
    expect(first.written).toBe(9);
    const base = await readManifest(context, first.stored);
    expect(base.manifest.segments).toHaveLength(10_000);

    const one = segmentEntries(1, { transactionId: "1".repeat(26) });
    const appended = manifestOf([...base.manifest.segments, ...one]);
    const second = await write(appended, base.pages);
    expect(second.written).toBe(0);
    expect((await readManifest(context, second.stored)).manifest).toEqual(appended);

    const page = segmentEntries(300, { transactionId: "1".repeat(26) });
    const longer = manifestOf([...base.manifest.segments, ...page]);
    const third = await write(longer, base.pages);
    expect(third.written).toBe(1);
    expect((await readManifest(context, third.stored)).manifest).toEqual(longer);
  });

  test("of many segments rewrites one page for one segment that is another one", async () => {
    const first = await write(manifestOf(segmentEntries(10_000)));
    const base = await readManifest(context, first.stored);
    const [other] = segmentEntries(1, { transactionId: "1".repeat(26) });
    if (other === undefined) throw new Error("one segment was asked for");
    const manifest = manifestOf(base.manifest.segments.with(5000, other));
    const second = await write(manifest, base.pages);
    expect(second.written).toBe(1);
    expect((await readManifest(context, second.stored)).manifest).toEqual(manifest);
  });

  test("keeps the handler's words about each segment, and none as null", async () => {
    const segments = [
      ...segmentEntries(1, { facts: [1, 0.5] }),
      ...segmentEntries(1, { transactionId: "1".repeat(26) }),
    ];
    const { stored } = await write(manifestOf(segments));
    const found = (await readManifest(context, stored)).manifest.segments;
    expect(found.map(({ facts }) => facts)).toEqual([[1, 0.5], null]);
  });

  test("is damaged when a page is missing, or holds another number of segments", async () => {
    const { stored } = await write(manifestOf(segmentEntries(1500)));
    const root = await readManifestRoot(context, stored);
    const [page] = root.pages;
    if (page === undefined) throw new Error("1 500 segments have a page");
    const damaged = { code: "data-integrity" };
    const value = stored.root as { readonly [name: string]: DocumentValue };
    const pages = [{ page: { ...page.pointer }, count: page.count - 1 }];
    await expect(readManifest(context, { root: { ...value, pages } })).rejects.toMatchObject(
      damaged,
    );
    await context.blobs.deleteMany([page.pointer.key]);
    await expect(readManifest(context, stored)).rejects.toMatchObject(damaged);
  });

  test.each<[string, { readonly [name: string]: DocumentValue }]>([
    ["no handler", { handler: null }],
    ["pages that are no list", { pages: 5 }],
    [
      "a page of no segments",
      { pages: [{ page: { key: "m/1", length: 1, hash: new Uint8Array(16) }, count: 0 }] },
    ],
    [
      "a page at no key",
      { pages: [{ page: { key: "m 1", length: 1, hash: new Uint8Array(16) }, count: 1 }] },
    ],
    [
      "a page with a short hash",
      { pages: [{ page: { key: "m/1", length: 1, hash: new Uint8Array(15) }, count: 1 }] },
    ],
  ])("with %s is refused", async (_, change) => {
    const { stored } = await write(manifestOf(segmentEntries(1)));
    const value = { ...(stored.root as { readonly [name: string]: DocumentValue }), ...change };
    expect(() => decodeManifestRoot(new DocumentReader(value, "test"))).toThrow(
      expect.objectContaining({ code: "data-integrity" }) as Error,
    );
  });
});
