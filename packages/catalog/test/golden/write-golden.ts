import { writeFile } from "node:fs/promises";
import { cellsOf, sampleRows } from "./golden-rows.ts";

// Run once for a new version of the format; what earlier releases wrote stays as it is.
const cells = await cellsOf(await sampleRows());
const path = new URL("catalog-rows-v1.json", import.meta.url);
await writeFile(path, `${JSON.stringify(cells, undefined, 2)}\n`);
