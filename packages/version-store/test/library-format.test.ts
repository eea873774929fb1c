import { readFile } from "node:fs/promises";
import type { DocumentValue } from "@foretile/codecs/msgpack";
import { toKey, type Key } from "@foretile/storage";
import { beforeAll, describe, expect, test } from "vitest";
import { claimCollection, readCollectionRecord } from "../src/collect/collection-record.ts";
import { writeIntent } from "../src/commit/intent.ts";
import { encodeHead, type Removal } from "../src/head/head.ts";
import {
  encodeEntryPage,
  encodeRunPage,
  runOfEntries,
  runOfRuns,
} from "../src/head/history-run.ts";
import { encodeRemovedPage } from "../src/head/removed-page.ts";
import { CELL_SEQUENCE_KEY, COLLECTION_KEY, CONFIG_KEY, intentKey } from "../src/library/keys.ts";
import { createConfig } from "../src/library/library-config.ts";
import type { LibraryContext } from "../src/library/library-context.ts";
import { encodeSegments } from "../src/manifest/segment-columns.ts";
import { encodeManifestRoot, encodeStoredManifest } from "../src/manifest/stored-manifest.ts";
import { encodeCells } from "../src/placement/cell-columns.ts";
import { sealCellList } from "../src/placement/cell-list.ts";
import { nextCellTime } from "../src/placement/cell-sequence.ts";
import { encodeLocations } from "../src/placement/location-columns.ts";
import { compositionOf } from "../src/preset/composition-of.ts";
import { encodeComposition } from "../src/preset/composition.ts";
import { encodeSnapshotPage } from "../src/snapshot/snapshot-page.ts";
import { sealSnapshotRecord, type SnapshotRecord } from "../src/snapshot/snapshot-record.ts";
import { encodeVersionDocument } from "../src/version/version-document.ts";
import { encodePointer, encodeVersionEntries } from "../src/version/version-entry.ts";
import { fieldTables } from "./field-tables.ts";
import { headOf, versionEntries, versionEntry } from "./head/version-entries.ts";
import { segmentEntries } from "./manifest/segment-entries.ts";
import { openTestContext } from "./open-test-context.ts";

type Fields = { readonly [name: string]: DocumentValue };

const pointer = { key: toKey("p/1"), length: 1, hash: new Uint8Array(16) };
const removal: Removal = {
  id: "id",
  reason: "prune",
  removedAtMs: 0,
  keepUntilMs: 0,
  condemned: false,
  count: 1,
  page: pointer,
};
const run = runOfEntries(versionEntries(1), pointer);
const snapshotPages = [{ firstSymbol: "s", count: 1, page: pointer }];
const snapshot: SnapshotRecord = {
  name: "n",
  changeId: "c",
  current: {
    id: "id",
    state: "committed",
    createdAtMs: 0,
    metadata: null,
    immutable: false,
    symbolCount: 1,
    pages: snapshotPages,
  },
  dropped: [{ id: "id", droppedAtMs: 0, pages: snapshotPages }],
  burned: false,
};

let context: LibraryContext;
let tables: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  context = await openTestContext();
  const page = new URL("../../../docs/formats/library-v1.md", import.meta.url);
  tables = fieldTables(await readFile(page, "utf8"));
});

function namesOf(value: DocumentValue | undefined): readonly string[] {
  return Object.keys(value as Fields).toSorted();
}

function first(value: DocumentValue | undefined): DocumentValue {
  return (value as readonly DocumentValue[])[0] ?? null;
}

/** A document of a record, as it is stored. */
async function stored(kind: string, key: Key): Promise<Fields> {
  const bytes = (await context.refs.read(key))?.value ?? new Uint8Array();
  return open(kind, bytes);
}

function open(kind: string, bytes: Uint8Array): Fields {
  const limits = { maxVersion: 1, maxBytes: 2 ** 20 };
  return context.documents.open(kind, limits, bytes).value as Fields;
}

async function config(): Promise<Fields> {
  await createConfig(context.refs, context.documents, context.config).catch(() => undefined);
  return stored("LIBC", CONFIG_KEY);
}

async function intent(): Promise<Fields> {
  const transactionId = context.ids.nextId();
  await writeIntent(context, {
    transactionId,
    kind: "commit",
    symbols: [],
    snapshot: undefined,
    startedAtMs: 0,
    lifetimeMs: 1,
    state: "running",
  });
  return stored("INTE", intentKey(transactionId));
}

async function cellSequence(): Promise<Fields> {
  await nextCellTime(context);
  return stored("CSEQ", CELL_SEQUENCE_KEY);
}

async function collection(): Promise<Fields> {
  await claimCollection(context, "id", await readCollectionRecord(context));
  return stored("COLL", COLLECTION_KEY);
}

function head(): Fields {
  const lists = { recent: versionEntries(1), history: [run] };
  return encodeHead(headOf(lists, { removals: [removal] })) as Fields;
}

const version = encodeVersionDocument({
  ...versionEntry(1),
  symbol: "s",
  transactionId: "t",
  baseVersion: 0,
  baseCommitId: undefined,
  metadata: null,
  effect: null,
  manifest: { root: null },
});
const manifest = encodeManifestRoot({
  handler: "h",
  body: null,
  pages: [{ pointer, count: 1 }],
  tail: encodeSegments(segmentEntries(1)),
}) as Fields;

/** What only libraries with another placement than the first one say. */
function placementFields(): Fields {
  const usual = encodeComposition(compositionOf()) as Fields;
  const all = Object.entries(encodeComposition(compositionOf({ placement: "packs" })) as Fields);
  return Object.fromEntries(all.filter(([name]) => !Object.hasOwn(usual, name)));
}

const snapshotFields = (): Fields => open("SNAP", sealSnapshotRecord(context, snapshot));

describe("the page about the library's format names exactly the fields of", () => {
  test.each<[string, () => DocumentValue | undefined | Promise<DocumentValue | undefined>]>([
    ["Pointer: field", () => encodePointer(pointer)],
    ["Config `LIBC`: field", config],
    ["Config `LIBC`: field of times", async () => (await config())["times"]],
    ["Config `LIBC`: field of the composition", async () => (await config())["composition"]],
    ["Head `HEAD`: field", head],
    ["Head `HEAD`: field of a removal", () => first(head()["removals"])],
    ["Version entries: field", () => encodeVersionEntries(versionEntries(1))],
    ["History page `HIST`: field of a run", () => first(head()["history"])],
    [
      "History page `HIST`: field of the page",
      () => ({
        ...(encodeEntryPage(versionEntries(1)) as Fields),
        ...(encodeRunPage([runOfRuns([run], pointer)]) as Fields),
      }),
    ],
    ["Page of removed versions `REMV`: field", () => encodeRemovedPage(versionEntries(1))],
    ["Version `VERS`: field", () => version],
    [
      "Version `VERS`: field of its manifest",
      () => ({
        ...(encodeStoredManifest({ root: null }) as Fields),
        ...(encodeStoredManifest({ pointer }) as Fields),
      }),
    ],
    ["Manifest `MANI`: field", () => manifest],
    ["Segment page `SEGP`: field", () => manifest["tail"]],
    ["Config `LIBC`: field of a placement", placementFields],
    ["Where segments are: field of the places", () => encodeLocations([undefined])],
    ["Where segments are: field of cells", () => encodeCells([])],
    ["Cell list `CELL`: field", () => open("CELL", sealCellList(context, "t", []))],
    ["Sequence of cells `CSEQ`: field", cellSequence],
    ["Snapshot record `SNAP`: field", snapshotFields],
    ["Snapshot record `SNAP`: field of a snapshot", () => snapshotFields()["current"]],
    ["Snapshot record `SNAP`: field of a dropped one", () => first(snapshotFields()["dropped"])],
    [
      "Snapshot record `SNAP`: field of a page's place",
      () => first((snapshotFields()["current"] as Fields)["pages"]),
    ],
    [
      "Snapshot page `SNPG`: field",
      () => encodeSnapshotPage([{ symbol: "s", entry: versionEntry(1) }]),
    ],
    ["Intent `INTE`: field", intent],
    ["Collection record `COLL`: field", collection],
  ])("%s", async (table, encoded) => {
    expect(tables.get(table)?.toSorted()).toEqual(namesOf(await encoded()));
  });

  test("nothing else", () => {
    expect(tables.size).toBe(26);
  });
});
