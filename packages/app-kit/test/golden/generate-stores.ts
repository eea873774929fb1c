// Writes the stores of a NEW format version to tooling/fixtures/stores, by hand and once: files there are never rewritten.
//
//   node --conditions=@foretile/source packages/app-kit/test/golden/generate-stores.ts vN
import { writeFile } from "node:fs/promises";
import { dumpStore } from "@foretile/testkit";
import { COMPOSITIONS, writeStore } from "./write-store.ts";

const [format] = process.argv.slice(2);
if (format === undefined) throw new Error("say which format version this is");
for (const name of Object.keys(COMPOSITIONS)) {
  const { store, expected } = await writeStore(name);
  const text = `${JSON.stringify({ expected, store: await dumpStore(store) }, undefined, 1)}\n`;
  const file = new URL(`../../../../tooling/fixtures/stores/${name}-${format}.json`, import.meta.url);
  await writeFile(file, text, { flag: "wx" });
}
