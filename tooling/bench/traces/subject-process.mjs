// The process in which one subject does one thing with series: gets a job from its parent, sends one answer, ends.
import { processMemory } from "../src/process-memory.mjs";
import { median } from "../src/statistics.mjs";
import { SeriesDataset } from "./series-dataset.mjs";

const opens = {
  foretile: async (folder) => (await import("./foretile-series.mjs")).openForetile(folder),
  duckdb: async (folder) => (await import("../peers/duckdb-series.mjs")).openDuckDb(folder),
  sqlite: async (folder) => (await import("./sqlite-series.mjs")).openSqlite(folder),
};

process.once("disconnect", () => process.exit(1));
process.once("message", (job) => void answer(/** @type {any} */ (job)));

async function answer({ subject, folder, work, size, options, repeats = 0 }) {
  let message;
  try {
    const dataset = new SeriesDataset(size);
    const series = await opens[subject](folder);
    const before = processMemory("self").peakBytes;
    const start = performance.now();
    const result = await series[work](dataset, options);
    const ms = performance.now() - start;
    const { peakBytes } = processMemory("self");
    const times = [];
    while (times.length < repeats) {
      const startAgain = performance.now();
      await series[work](dataset, options);
      times.push(performance.now() - startAgain);
    }
    await series.close();
    const againMs = repeats === 0 ? undefined : median(times);
    message = { result: { ms, againMs, peakBytes, addedBytes: peakBytes - before, ...result } };
  } catch (error) {
    message = { error: error.stack ?? String(error) };
  }
  process.send?.(message, () => process.exit(0));
}
