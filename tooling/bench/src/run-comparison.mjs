import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { codecRatios } from "./codec-ratios.mjs";
import { startDurablePostgres } from "./durable-postgres.mjs";
import { machineFacts, machineLine } from "./machine.mjs";
import { describeData, makeDatasets } from "./make-datasets.mjs";
import { makeStoreFolder, measureAll } from "./measure-all.mjs";
import { peerVersions } from "./peer-versions.mjs";
import { resultRows } from "./report/results.mjs";
import { tellResults } from "./report/tell-results.mjs";
import { meetRequirements } from "./requirements.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");

/**
 * Measures what was chosen, prints it and writes it down.
 *
 * @param {ReturnType<typeof import("./command-line.mjs").parseCommandLine>} options
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} whether every chosen subject was measured
 */
export async function runComparison(options, signal) {
  const results = resolve(options.results ?? join(root, "bench-results"));
  await mkdir(results, { recursive: true });
  const folder = await mkdtemp(join(resolve(options.folder ?? results), "work-"));
  const stops = [() => rm(folder, { recursive: true, force: true })];
  try {
    const { subjects, missing, services } = await meet(options, { folder, signal, stops });
    await makeStoreFolder(folder, subjects);
    const datasets = await makeDatasets(options, { folder, tell, signal });
    const { workloads, rounds } = options;
    const plan = { subjects, workloads, datasets, rounds, folder, services, signal, tell };
    const { samples, failures } = await measureAll(plan);
    const rows = resultRows([...samples.values(), ...(await codecRatios())]);
    const machine = machineLine(machineFacts());
    const all = new Map([...missing, ...failures]);
    await tellResults(rows, {
      folder: results,
      caption: `${machine}; ${describeData(options)}; ${rounds} rounds in turns`,
      versions: await peerVersions(subjects, services),
      workloads,
      peers: subjects.filter(isPeer).map(({ name }) => name),
      missing: all,
      print: options.json ? tell : say,
    });
    if (options.json) say(JSON.stringify(rows, undefined, 1));
    return all.size === 0;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** Brings about what the subjects need; those whose needs cannot be met are left out. */
async function meet(options, { folder, signal, stops }) {
  const needs = new Set(options.subjects.flatMap((subject) => subject.needs));
  const { problems, services } = await meetRequirements(needs, {
    install: options.install,
    tell,
    async startPostgres() {
      const place = join(folder, "postgres");
      const { install } = options;
      const { url, stop } = await startDurablePostgres(place, { install, tell, signal });
      stops.push(stop);
      return url;
    },
  });
  const missing = new Map();
  const subjects = options.subjects.filter((subject) => {
    const need = subject.needs.find((each) => problems.has(each));
    if (need !== undefined) missing.set(subject.name, problems.get(need));
    return need === undefined;
  });
  return { subjects, missing, services };
}

/** Stores of others, with the formats they bring. */
function isPeer({ needs, workloads }) {
  return needs.includes("peers") && workloads.includes("W2");
}

function say(text) {
  console.log(text);
}

function tell(text) {
  console.error(text);
}
