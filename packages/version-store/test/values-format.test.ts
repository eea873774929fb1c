import { readFile } from "node:fs/promises";
import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import {
  contentHash,
  createLibrary,
  frame,
  ndarray,
  segmentOwnerKey,
  type Library,
  type Version,
} from "../src/index.ts";
import { ELEMENT_TYPES } from "../src/value/element-type.ts";
import { fieldTables } from "./field-tables.ts";
import { readSegmentNaively } from "./segment/helpers/naive-segment-reader.ts";

type Fields = { readonly [name: string]: DocumentValue };

let store: Store;
let library: Library;
let page: string;
let tables: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  store = openMemoryStore();
  library = await createLibrary({
    store,
    composition: { preset: "plain" },
    clock: createInstantClock({ startMs: 1_500_000_000_000 }),
    random: createSeededRandom(1),
  });
  await writeFrame();
  await writeArray();
  await library.write("value", { a: [1, null] });
  page = await readFile(new URL("../../../docs/formats/values-v1.md", import.meta.url), "utf8");
  tables = fieldTables(page);
});

/** Four rows out of order, and one with a new column, which is too short to join them in one block. */
async function writeFrame(): Promise<void> {
  const index = { name: "time", unit: "ms" } as const;
  await library.write(
    "frame",
    frame({
      index: { ...index, values: BigInt64Array.of(1000n, 3000n, 2000n, 4000n) },
      columns: {
        price: Float32Array.of(1, 1.5, 2, -0.5),
        venue: ["é", "", "ab", "c"],
        ok: [true, false, true, true],
      },
    }),
  );
  const more = frame({
    index: { ...index, values: BigInt64Array.of(5000n) },
    columns: {
      size: Uint16Array.of(258),
      price: Float32Array.of(3),
      venue: ["d"],
      ok: [false],
    },
  });
  await library.append("frame", more, { schema: "add-columns" });
}

/** Two blocks of two tiles each; the last row and the last column are cut off. */
async function writeArray(): Promise<void> {
  const values = Int16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  await library.write("array", ndarray({ shape: [3, 3], values, grid: [2, 2] }));
}

/** Everything stored of a version in the form of the page's examples: bytes as hexadecimal text. */
async function storedForm(symbol: string): Promise<unknown> {
  const { manifest, ...version } = await library.resolve(symbol);
  const segments = manifest.segments.map(async (entry) => {
    const bytes = (await store.blobs.get(segmentOwnerKey(entry))) ?? new Uint8Array();
    const { header, parts } = readSegmentNaively(bytes);
    return {
      facts: entry.facts,
      parts: parts.map(({ bytes: part }, at) => ({
        element_bytes: header.element_bytes[at],
        bytes: Uint8Array.from(part),
      })),
    };
  });
  const { handler, body } = manifest;
  const { contentHash: content_hash, rows = null } = version;
  return inHex({ handler, body, segments: await Promise.all(segments), rows, content_hash });
}

function inHex(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, bytesInHex));
}

function bytesInHex(_name: string, item: unknown): unknown {
  return item instanceof Uint8Array ? Buffer.from(item).toString("hex") : item;
}

/** The page's examples by their handler. */
function examples(): Map<string, unknown> {
  const blocks = [...page.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text = ""]) => JSON.parse(text) as { readonly handler: string },
  );
  return new Map(blocks.map((block) => [block.handler, block]));
}

function first(value: DocumentValue | undefined): DocumentValue {
  return (value as readonly DocumentValue[])[0] ?? null;
}

function bodyOf({ manifest }: Version): Fields {
  return manifest.body as Fields;
}

function schemaOf(version: Version): Fields {
  return bodyOf(version)["schema"] as Fields;
}

function factsOf({ manifest }: Version): readonly Fields[] {
  return manifest.segments.map(({ facts }) => facts as Fields);
}

describe("the page about typed values", () => {
  test.each(["frame", "array", "value"])(
    "has an example of handler %s as it is stored",
    async (name) => {
      expect(examples().get(name)).toEqual(await storedForm(name));
    },
  );

  test("has no other examples", () => {
    expect([...examples().keys()]).toEqual(["frame", "array", "value"]);
  });

  test.each<[string, string, (version: Version) => DocumentValue | undefined]>([
    ["Body: field", "frame", bodyOf],
    ["Facts of a segment: field", "frame", (version) => first(factsOf(version))],
    ["Facts of an index: field", "frame", (version) => bodyOf(version)["index"]],
    ["Frames: field of the schema", "frame", schemaOf],
    ["Frames: field of its index", "frame", (version) => schemaOf(version)["index"]],
    ["Frames: field of a column", "frame", (version) => first(schemaOf(version)["columns"])],
    ["Frames: field of a lane", "frame", (version) => first(bodyOf(version)["lanes"])],
    ["Arrays: field of the schema", "array", schemaOf],
    ["Arrays: field of a lane", "array", (version) => first(bodyOf(version)["lanes"])],
    ["Effect: field", "frame", ({ effect }) => effect],
    ["Effect: field of its rows", "frame", ({ effect }) => (effect as Fields)["rows"]],
    ["Effect: field of its index", "frame", ({ effect }) => (effect as Fields)["index"]],
  ])("names exactly the fields of %s", async (table, symbol, encoded) => {
    const fields = encoded(await library.resolve(symbol)) as Fields;
    expect(tables.get(table)?.toSorted()).toEqual(Object.keys(fields).toSorted());
  });

  test("names exactly the types of columns", () => {
    const types = [...Object.keys(ELEMENT_TYPES), "bool", "string"];
    expect(tables.get("Types: type")?.toSorted()).toEqual(types.toSorted());
  });

  test.each(["frame", "array", "value"])(
    "tells what the content hash of a %s is of",
    async (name) => {
      const version = await library.resolve(name);
      const { schema = null, lanes = null } = bodyOf(version);
      const facts = factsOf(version);
      const known: Fields = {
        handler: version.manifest.handler,
        schema,
        lanes,
        segment_lanes: facts.map(({ lane = null }) => lane),
        contents: Buffer.concat(facts.map(({ content }) => content as Uint8Array)),
      };
      const named = (tables.get("Content hash: field") ?? []).map((field) => [field, known[field]]);
      expect(await contentHash(encodeCanonical(Object.fromEntries(named)))).toEqual(
        version.contentHash,
      );
    },
  );

  test("has no other tables of fields", () => {
    expect(tables.size).toBe(14);
  });
});
