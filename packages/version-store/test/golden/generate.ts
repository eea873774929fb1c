// Writes the golden library of a NEW format version, by hand and once: existing golden files are never rewritten.
//
//   node --conditions=@foretile/source packages/version-store/test/golden/generate.ts library-vN.json
import { writeFile } from "node:fs/promises";
import { dumpStore } from "@foretile/testkit";
import { writeGoldenLibrary } from "./library.ts";

const [name] = process.argv.slice(2);
if (name === undefined) throw new Error("say which file to write");
const { store } = await writeGoldenLibrary();
const text = `${JSON.stringify(await dumpStore(store), undefined, 1)}\n`;
await writeFile(new URL(name, import.meta.url), text, { flag: "wx" });
