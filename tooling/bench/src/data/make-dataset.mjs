import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { SYNTH_LOW } from "@foretile/prediction-store";
import { scoreTile, ScoreWorkspace } from "@foretile/scoring";
import { upwardCrossings } from "../crossings.mjs";
import { OutputCheck } from "../output-check.mjs";
import { makeTile, predictionText } from "./make-tile.mjs";

const FIRST_START = 1_512_475_200;
export const INCREMENT_SECONDS = 300;
export const REQUEST_EVERY_SECONDS = 3600;
/** The level that paths are asked about, in prices at the start. */
const LEVEL = 1.02;

/**
 * Makes requests and their answers from seeds, and works out what every subject must give for them.
 *
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.folder an existing one
 * @param {number} options.requests
 * @param {number} options.answers to each request
 * @param {{ simulations: number, steps: number }} options.shape
 * @param {import("./price-moves.mjs").PriceMoves} options.moves
 * @param {boolean} options.withText whether answers are written as JSON too
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<import("./dataset.mjs").Dataset>}
 */
export async function makeDataset(options) {
  const { name, folder, requests, answers, shape, moves, withText, signal } = options;
  const { steps } = shape;
  const from = Math.max(0, Math.min(60, steps - 12));
  const dataset = {
    name,
    folder,
    shape,
    incrementSeconds: INCREMENT_SECONDS,
    intervals: intervalsWithin((steps - 1) * INCREMENT_SECONDS),
    oneStep: { from: steps >> 1, to: (steps >> 1) + 1 },
    someSteps: { from, to: Math.min(from + 12, steps) },
    level: Math.fround(moves.start * LEVEL),
    requests: Array.from({ length: requests }, (_, number) => ({
      number,
      startUnixSeconds: FIRST_START + number * REQUEST_EVERY_SECONDS,
      answers,
      file: `${name}-${number}.f32`,
      realized: Array.from(moves.realized(number, steps)),
    })),
    text: withText ? { file: `${name}.ndjson`, bytes: 0 } : undefined,
    expected: {},
  };
  const truth = new Truth(dataset);
  const text = dataset.text && new AnswerText(join(folder, dataset.text.file), dataset);
  for (const request of dataset.requests) {
    const file = await open(join(folder, request.file), "w");
    try {
      for (let miner = 0; miner < answers; miner += 1) {
        signal?.throwIfAborted();
        const exact = text && new Float64Array(shape.simulations * steps);
        const seed = request.number * answers + miner;
        const start = request.realized[0] ?? moves.start;
        const tile = makeTile({ seed, start, factors: moves.factors, shape, exact });
        await file.write(new Uint8Array(tile.buffer));
        truth.add(request, miner, tile);
        await text?.add(request, miner, exact);
      }
    } finally {
      await file.close();
    }
  }
  if (dataset.text !== undefined) {
    await text?.end();
    dataset.text.bytes = (await stat(join(folder, dataset.text.file))).size;
  }
  return { ...dataset, expected: truth.expected() };
}

/** Of a path that is shorter than a day, what it is long enough for. */
function intervalsWithin(seconds) {
  const all = Object.entries(SYNTH_LOW.intervals);
  return Object.fromEntries(all.filter(([, interval]) => interval <= seconds));
}

/** Answers of the first request as lines of JSON, of the form that `foretile-writer ingest` reads. */
class AnswerText {
  #stream;
  #dataset;

  constructor(path, dataset) {
    this.#stream = createWriteStream(path);
    this.#dataset = dataset;
  }

  async add(request, miner, exact) {
    if (request.number > 0) return;
    const { shape, incrementSeconds } = this.#dataset;
    if (miner === 0) await this.#line(JSON.stringify({ request: announcement(this.#dataset) }));
    const { startUnixSeconds } = request;
    const facts = { request: "r0", miner_uid: miner % 256, miner_id: miner, process_time: 1 };
    const prediction = predictionText(exact, { startUnixSeconds, incrementSeconds, shape });
    await this.#line(
      `{"response":${JSON.stringify(facts).slice(0, -1)},"prediction":${prediction}}}`,
    );
  }

  async end() {
    await this.#line(JSON.stringify({ publish: "r0" }));
    this.#stream.end();
    await once(this.#stream, "close");
  }

  async #line(text) {
    if (!this.#stream.write(`${text}\n`)) await once(this.#stream, "drain");
  }
}

function announcement({ shape, incrementSeconds, requests: [request] }) {
  return {
    id: "r0",
    label: SYNTH_LOW.label,
    asset: "BTC",
    start_time: new Date(request.startUnixSeconds * 1000).toISOString(),
    time_increment: incrementSeconds,
    time_length: (shape.steps - 1) * incrementSeconds,
    num_simulations: shape.simulations,
  };
}

/** What comes out of each workload, worked out on the tiles themselves. */
class Truth {
  #dataset;
  #workspace = new ScoreWorkspace();
  #checks = {
    W1: new OutputCheck(),
    W2: new OutputCheck(),
    "W3 step": new OutputCheck(),
    "W3 steps": new OutputCheck(),
    W5: new OutputCheck(),
  };
  #scores = [];

  constructor(dataset) {
    this.#dataset = dataset;
  }

  add({ number, realized }, miner, tile) {
    const { shape, oneStep, someSteps, level, incrementSeconds, intervals } = this.#dataset;
    const part = `${number}/${miner}`;
    const rows = ({ from, to }) => tile.subarray(from * shape.simulations, to * shape.simulations);
    if (number === 0) {
      this.#checks.W1.add(part, tile);
      this.#checks.W2.add(part, tile);
      this.#checks["W3 step"].add(part, rows(oneStep));
      const rules = { timeIncrementSeconds: incrementSeconds, intervals };
      const prices = Float64Array.from(realized);
      const score = scoreTile(tile, shape, prices, rules, this.#workspace);
      this.#scores[miner] = score.status === "scored" ? score.crps : null;
    }
    this.#checks["W3 steps"].add(part, rows(someSteps));
    this.#checks.W5.add(part, upwardCrossings(tile, shape, level));
  }

  expected() {
    const digests = Object.entries(this.#checks).map(([name, check]) => [name, check.digest()]);
    return { ...Object.fromEntries(digests), W4: JSON.stringify(this.#scores) };
  }
}
