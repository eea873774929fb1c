import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bytesOnDisk } from "../src/folder-bytes.mjs";
import { runWork } from "./run-work.mjs";
import { TILE_SIZE } from "./series-dataset.mjs";

/** What is read, each in a process of its own. */
const REPEATS = 5;
const READS = ["readTile", "query", "latest", "readTrace", "readDense"];

/** What every subject gave for a work, by size: the first one's is everyone's. */
const expected = new Map();

/**
 * @param {string} subject
 * @param {{ traces: number, tiles: number, density: number }} size
 * @param {string} parent a folder
 */
export async function measureSubject(subject, size, parent) {
  const folder = join(parent, `${subject}-${size.density}`);
  await mkdir(folder);
  const job = { subject, folder, size };
  const ingest = await runWork({ ...job, work: "ingest", options: { tiles: size.tiles } });
  const points = agree(size, "ingest", ingest.points);
  const reads = {};
  const bytes = await bytesOnDisk(folder);
  for (const work of READS) {
    const { sum, ...figures } = await runWork({
      ...job,
      work,
      options: { tiles: size.tiles },
      repeats: REPEATS,
    });
    agree(size, work, sum);
    reads[work] = figures;
  }
  const update = await runWork({ ...job, work: "openTile", options: { tiles: size.tiles } });
  return {
    subject,
    points,
    pointsPerSecond: points / (ingest.ms / 1000),
    positionsPerSecond: (size.tiles * TILE_SIZE) / (ingest.ms / 1000),
    ingestPeakBytes: ingest.peakBytes,
    bytesPerPoint: bytes / points,
    newestBytesPerPoint: ingest.storedBytes / points,
    update,
    reads,
  };
}

function agree({ traces, tiles, density }, work, result) {
  const name = [traces, tiles, density, work].join(" ");
  const known = expected.get(name) ?? result;
  expected.set(name, known);
  if (known !== result)
    throw new Error(`other points work=${name} expected=${known} got=${result}`);
  return result;
}
