// Writes the golden segments of a NEW format version, by hand and once: existing golden files are never rewritten.
//
//   node --conditions=@foretile/source packages/version-store/test/golden/generate-segments.ts segment-vN.json
import { writeFile } from "node:fs/promises";
import { writeGoldenSegments } from "./segments.ts";

const [name] = process.argv.slice(2);
if (name === undefined) throw new Error("say which file to write");
const text = `${JSON.stringify(await writeGoldenSegments(), undefined, 1)}\n`;
await writeFile(new URL(name, import.meta.url), text, { flag: "wx" });
