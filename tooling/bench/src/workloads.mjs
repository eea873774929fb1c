import { upwardCrossings } from "./crossings.mjs";
import { scoreTile, ScoreWorkspace } from "@foretile/scoring";

/**
 * Something to do, on one of the two datasets.
 *
 * @typedef {object} Workload
 * @property {string} id
 * @property {string} title
 * @property {"one" | "many"} dataset one large request, or many
 * @property {boolean} [writes] begins with nothing stored each time; else it reads what was stored before
 * @property {(store: any, dataset: any, take: (part: string, values: any) => void) => Promise<any>} run tells `take`
 *   every part of the output
 */

/** @type {readonly Workload[]} */
export const workloads = [
  {
    id: "W1",
    title: "ingest one request from JSON text, durably",
    dataset: "one",
    writes: true,
    run: (store, dataset) => store.ingest(dataset),
  },
  {
    id: "W2",
    title: "read one request whole",
    dataset: "one",
    run: (store, { requests: [request] }, take) =>
      store.readRequest(request, (miner, values) => take(`0/${miner}`, values)),
  },
  {
    id: "W3 step",
    title: "read one step across one request",
    dataset: "one",
    run: (store, { requests: [request], oneStep }, take) =>
      store.readSteps(request, oneStep, (miner, values) => take(`0/${miner}`, values)),
  },
  {
    id: "W3 steps",
    title: "read 12 steps across many requests",
    dataset: "many",
    run: eachRequest((store, { someSteps }, request, take) =>
      store.readSteps(request, someSteps, take),
    ),
  },
  {
    id: "W4",
    title: "read one request and score it",
    dataset: "one",
    async run(store, dataset, take) {
      const [request] = dataset.requests;
      const scores = [];
      const note = (miner, crps) => (scores[miner] = crps);
      if (store.score === undefined) await scoreByReading(store, dataset, request, note);
      else await store.score(request, note);
      take("scores", scores);
    },
  },
  {
    id: "W5",
    title: "paths of many requests that cross a level",
    dataset: "many",
    run: eachRequest((store, { shape, level }, request, take) =>
      store.crossings === undefined
        ? store.readRequest(request, (miner, values) =>
            take(miner, upwardCrossings(values, shape, level)),
          )
        : store.crossings(request, level, take),
    ),
  },
];

function eachRequest(work) {
  return async (store, dataset, take) => {
    for (const request of dataset.requests) {
      const takePart = (miner, values) => take(`${request.number}/${miner}`, values);
      await work(store, dataset, request, takePart);
    }
  };
}

const workspace = new ScoreWorkspace();

function scoreByReading(store, { shape, incrementSeconds, intervals }, request, note) {
  const rules = { timeIncrementSeconds: incrementSeconds, intervals };
  const realized = Float64Array.from(request.realized);
  return store.readRequest(request, (miner, values) => {
    const score = scoreTile(values, shape, realized, rules, workspace);
    note(miner, score.status === "scored" ? score.crps : null);
  });
}
