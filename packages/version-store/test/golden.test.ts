import { readFile } from "node:fs/promises";
import { openMemoryStore } from "@foretile/storage/memory";
import { dumpStore, loadStore, type StoreDump } from "@foretile/testkit";
import { describe, expect, test } from "vitest";
import { openLibrary } from "../src/index.ts";
import { writeGoldenLibrary } from "./golden/library.ts";

const golden = JSON.parse(
  await readFile(new URL("golden/library-v1.json", import.meta.url), "utf8"),
) as StoreDump;

describe("library format 1", () => {
  test("is written byte for byte as it was", async () => {
    const { store } = await writeGoldenLibrary();
    expect(await dumpStore(store)).toEqual(golden);
  });

  test("is read as it was written", async () => {
    const store = openMemoryStore();
    await loadStore(golden, store);
    const library = await openLibrary({ store });
    for (const version of [1, 32, 33, 70]) {
      const { manifest } = await library.resolve("series/a#1", { asOf: version });
      expect(manifest.body).toEqual({ text: `text ${version}`, half: 0.5, list: [1, -1, true] });
      const [segment] = manifest.segments;
      if (segment === undefined) throw new Error("every golden version has a segment");
      const text = new TextDecoder().decode(await library.readSegment(segment));
      expect(text).toBe(`text ${version}`);
    }
    for (const symbol of ["é 🎲", "long ".repeat(100)]) {
      expect((await library.resolve(symbol)).version).toBe(1);
    }
  });
});
