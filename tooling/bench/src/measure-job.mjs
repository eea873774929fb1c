import { OutputCheck } from "./output-check.mjs";
import { parseAnswers } from "./parse-answers.mjs";
import { bytesOnDisk } from "./folder-bytes.mjs";
import { median } from "./statistics.mjs";
import { processCpuSeconds, processMemory } from "./process-memory.mjs";
import { readTiles } from "./data/dataset.mjs";
import { workloads } from "./workloads.mjs";

/** So long does a process work before its times count: what is compiled while it runs is compiled by then. */
const WARM_UP_MS = 1000;
/** Short work is repeated within a round, so that its figure is not that of one moment. */
const ENOUGH_MS = 400;
const MOST_REPEATS = 50;
/** So far may scores be from the truth when they were added up in another order, relatively. */
const SCORE_TOLERANCE = 1e-9;

/**
 * Does one job of a subject in this process:
 *
 * - `store`: stores a whole dataset, untimed; gives the bytes that it takes;
 * - `measure`: a workload that reads, first unmeasured and checked, then timed;
 * - `ingest`: the workload that writes, timed, then read back and checked.
 *
 * @param {Job} job
 * @returns {Promise<Record<string, number>>}
 *
 * @typedef {{ task: "store" | "measure" | "ingest", subject: { module: string, variant?: string }, workload?: string,
 *   folder: string, dataset: import("./data/dataset.mjs").Dataset, services: object }} Job
 */
export async function measureJob(job) {
  const { subject, folder, dataset, services } = job;
  const { open } = await import(subject.module);
  const store = await open({ folder, dataset, variant: subject.variant, services });
  try {
    if (job.task === "store") return await storeAll(store, job);
    return job.task === "ingest" ? await ingest(store, job) : await measure(store, job);
  } finally {
    await store.close();
  }
}

async function storeAll(store, { dataset, folder }) {
  for (const request of dataset.requests) {
    await store.write(request, readTiles(dataset, request, store.layout));
  }
  return { storedBytes: await bytesStored(store, folder) };
}

async function ingest(store, { dataset, folder }) {
  const [request] = dataset.requests;
  const defaultIngest = () => store.write(request, parseAnswers(dataset, store.layout ?? "steps"));
  const cpu = cpuSeconds(store);
  const started = performance.now();
  const told = await (store.ingest === undefined ? defaultIngest() : store.ingest(dataset));
  const ms = performance.now() - started;
  const figures = {
    ms,
    cpuMs: (told?.cpuSeconds ?? cpuSeconds(store) - cpu) * 1000,
    peakBytes: told?.peakBytes ?? peakBytes(store),
    storedBytes: await bytesStored(store, folder),
  };
  if (store.readRequest !== undefined) {
    const check = new OutputCheck();
    await store.readRequest(request, (miner, values) => check.add(`0/${miner}`, values));
    mustBe(check.digest(), dataset.expected["W1"]);
  }
  return figures;
}

async function measure(store, job) {
  const { workload: id = "", dataset } = job;
  const { run } = workloadOf(id);
  let anonymousBytes = processMemory("self").anonymousBytes;
  const noteMemory = () => {
    const now = processMemory("self").anonymousBytes;
    if (now !== undefined) anonymousBytes = Math.max(anonymousBytes ?? 0, now);
  };
  const begunWarmUp = performance.now();
  if (id === "W4") {
    await run(store, dataset, (_, scores) => mustBeClose(scores, JSON.parse(dataset.expected.W4)));
    noteMemory();
  } else {
    const check = new OutputCheck();
    await run(store, dataset, (part, values) => {
      check.add(part, values);
      noteMemory();
    });
    mustBe(check.digest(), dataset.expected[id]);
  }
  while (performance.now() - begunWarmUp < WARM_UP_MS) await run(store, dataset, () => {});
  const times = [];
  const cpu = cpuSeconds(store);
  const begun = performance.now();
  do {
    const started = performance.now();
    await run(store, dataset, () => {});
    times.push(performance.now() - started);
  } while (performance.now() - begun < ENOUGH_MS && times.length < MOST_REPEATS);
  const cpuMs = ((cpuSeconds(store) - cpu) * 1000) / times.length;
  noteMemory();
  const figures = { ms: median(times), cpuMs, peakBytes: peakBytes(store) };
  return anonymousBytes === undefined ? figures : { ...figures, anonymousBytes };
}

function workloadOf(id) {
  const found = workloads.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no such workload id=${id}`);
  return found;
}

async function bytesStored(store, folder) {
  return store.bytesStored === undefined ? bytesOnDisk(folder) : store.bytesStored();
}

function peakBytes({ processes = [] }) {
  return Math.max(...[process.pid, ...processes].map((pid) => processMemory(pid).peakBytes));
}

function cpuSeconds({ processes = [] }) {
  return [process.pid, ...processes].reduce((sum, pid) => sum + processCpuSeconds(pid), 0);
}

function mustBe(found, expected) {
  if (found !== expected) {
    throw new Error(`another output than was stored found=${found} expected=${expected}`);
  }
}

function mustBeClose(found, expected) {
  const isSame =
    found.length === expected.length &&
    expected.every((score, miner) => {
      const other = found[miner];
      if (score === null || other === null) return score === other;
      return Math.abs(other - score) <= SCORE_TOLERANCE * Math.abs(score);
    });
  if (!isSame) throw new Error(`other scores than expected found=${found.slice(0, 3)}`);
}
