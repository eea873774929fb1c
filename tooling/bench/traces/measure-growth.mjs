import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runWork } from "./run-work.mjs";

const REPEATS = 5;
const READS = ["readTile", "query", "latest", "readTrace", "readDense"];

/**
 * The same questions, about the newest tile, to sets of more and more tiles.
 *
 * @param {{ traces: number, density: number }} size
 * @param {readonly number[]} counts of tiles, ascending
 * @param {string} parent a folder
 */
export async function measureGrowth(size, counts, parent) {
  const folder = join(parent, "growth");
  await mkdir(folder);
  const rows = [];
  let from = 0;
  for (const tiles of counts) {
    const job = { subject: "foretile", folder, size };
    await runWork({ ...job, work: "ingest", options: { from, tiles } });
    from = tiles;
    const reads = {};
    const options = { tiles, newestTile: true };
    for (const work of READS) {
      reads[work] = await runWork({ ...job, work, options, repeats: REPEATS });
    }
    const append = await runWork({ ...job, work: "appendAgain", options: { tiles } });
    rows.push({ tiles, reads, append });
  }
  return rows;
}
