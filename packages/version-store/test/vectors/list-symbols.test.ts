import { openMemoryStore } from "@foretile/storage/memory";
import { expect, test } from "vitest";
import { createLibrary, type Library, type ListSymbolsOptions } from "../../src/index.ts";
import { itemsOf } from "../text-versions.ts";

async function namesOf(library: Library, options: ListSymbolsOptions): Promise<unknown[]> {
  return (await itemsOf(library.listSymbols(options))).map(({ symbol }) => symbol);
}

/** Whether a field of the metadata is greater than 5. */
function isLarge(field: string): ListSymbolsOptions {
  return { where: (metadata) => Number((metadata as Record<string, unknown> | null)?.[field]) > 5 };
}

test("vector 68: symbols are listed by a part of their names, and by their metadata", async () => {
  const library = await createLibrary({ store: openMemoryStore() });
  await library.write("asdf", 1, { metadata: { a: 1, b: 10 } });
  await library.write("furble", 2);
  expect(await namesOf(library, { regex: /asd/ })).toEqual(["asdf"]);
  expect(await namesOf(library, { regex: /^sdf/ })).toEqual([]);
  expect(await namesOf(library, isLarge("a"))).toEqual([]);
  expect(await namesOf(library, isLarge("b"))).toEqual(["asdf"]);
});
