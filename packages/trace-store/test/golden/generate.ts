// Writes the golden store of a NEW format version, by hand and once: existing golden files are never rewritten.
//
//   node --conditions=@foretile/source packages/trace-store/test/golden/generate.ts trace-sets-vN.json
import { writeFile } from "node:fs/promises";
import { dumpStore } from "@foretile/testkit";
import { writeGoldenStore } from "./store.ts";

const [name] = process.argv.slice(2);
if (name === undefined) throw new Error("say which file to write");
const text = `${JSON.stringify(await dumpStore(await writeGoldenStore()), undefined, 1)}\n`;
await writeFile(new URL(name, import.meta.url), text, { flag: "wx" });
