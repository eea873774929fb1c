import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { figuresOf } from "./figures.mjs";
import { runSubject } from "./run-subject.mjs";
import { rotated } from "./statistics.mjs";

/**
 * Has every subject store the data, then do every workload once a round, in turns. When it is interrupted it gives what was
 * measured until then.
 *
 * @param {object} plan
 * @param {readonly import("./subject.ts").Subject[]} plan.subjects
 * @param {readonly import("./workloads.mjs").Workload[]} plan.workloads
 * @param {Record<string, import("./data/dataset.mjs").Dataset>} plan.datasets
 * @param {number} plan.rounds
 * @param {string} plan.folder
 * @param {object} plan.services
 * @param {AbortSignal} plan.signal
 * @param {(line: string) => void} plan.tell
 * @returns {Promise<{ samples: Samples, failures: Map<string, string> }>} values by workload, subject and metric; why
 *   subjects are missing
 *
 * @typedef {Map<string, { workload: string, subject: string, metric: string, unit: string, values: number[] }>} Samples
 */
export async function measureAll(plan) {
  const run = new Run(plan);
  try {
    await run.storeDatasets();
    for (const workload of plan.workloads) {
      for (let round = 0; round < plan.rounds; round += 1) await run.round(workload, round);
    }
  } catch (error) {
    if (!plan.signal.aborted) throw error;
    run.failures.set("the rest", plan.signal.reason.message);
  }
  return run;
}

class Run {
  /** @type {Samples} */
  samples = new Map();
  /** @type {Map<string, string>} */
  failures = new Map();
  #plan;
  #stored = new Map();

  constructor(plan) {
    this.#plan = plan;
  }

  async storeDatasets() {
    const { datasets, workloads } = this.#plan;
    const reading = workloads.filter(({ writes }) => writes !== true);
    for (const dataset of Object.values(datasets)) {
      const ids = reading.filter((each) => each.dataset === dataset.name).map(({ id }) => id);
      for (const subject of this.#able(ids)) {
        const where = `${subject.name}, ${dataset.requests.length} requests`;
        const result = await this.#job(subject, where, {
          task: "store",
          folder: this.#folder(subject, dataset.name),
          dataset,
        });
        if (result !== undefined) {
          this.#stored.set(`${subject.name} ${dataset.name}`, result.storedBytes);
        }
      }
    }
  }

  async round(workload, round) {
    const { datasets, rounds } = this.#plan;
    const dataset = datasets[workload.dataset];
    for (const subject of rotated(this.#able([workload.id]), round)) {
      const where = `${workload.id}, round ${round + 1} of ${rounds}, ${subject.name}`;
      const folder = this.#folder(subject, workload.writes ? `written-${round}` : dataset.name);
      const result = await this.#job(subject, where, {
        task: workload.writes ? "ingest" : "measure",
        workload: workload.id,
        folder,
        dataset,
      });
      if (workload.writes) await rm(folder, { recursive: true, force: true });
      if (result !== undefined) this.#note(workload, subject, dataset, result);
    }
  }

  #able(ids) {
    return this.#plan.subjects.filter(
      (subject) =>
        !this.failures.has(subject.name) && ids.some((id) => subject.workloads.includes(id)),
    );
  }

  /** A subject that fails is out of it, and the others go on. */
  async #job(subject, where, job) {
    const { services, tell, signal } = this.#plan;
    tell(where);
    try {
      const { module, variant } = subject;
      return await runSubject({ ...job, services, subject: { module, variant } }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      this.failures.set(subject.name, `${where}: ${error.message}`);
      return undefined;
    }
  }

  #note(workload, { name: subject }, dataset, result) {
    const storedBytes = result.storedBytes ?? this.#stored.get(`${subject} ${dataset.name}`);
    for (const { metric, unit, value } of figuresOf(workload, dataset, {
      ...result,
      storedBytes,
    })) {
      const key = `${workload.id}|${subject}|${metric}`;
      /** @type {number[]} */
      const values = [];
      const names = { workload: workload.id, subject, metric, unit };
      const row = this.samples.get(key) ?? { ...names, values };
      row.values.push(value);
      this.samples.set(key, row);
    }
  }

  #folder({ name }, part) {
    return join(this.#plan.folder, "stores", name, part);
  }
}

/** The folder below which every subject has its own. */
export async function makeStoreFolder(folder, subjects) {
  for (const { name } of subjects) await mkdir(join(folder, "stores", name), { recursive: true });
}
