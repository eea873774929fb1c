import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { INCREMENT_SECONDS, makeDataset, REQUEST_EVERY_SECONDS } from "./data/make-dataset.mjs";
import { brownianMoves, realMoves } from "./data/price-moves.mjs";

const BITCOIN = { start: 104_856.23, yearlyVolatility: 0.6 };

/** The datasets that the chosen workloads are about, by name. */
export async function makeDatasets(options, { folder, tell, signal }) {
  const { shape, workloads } = options;
  const moves = await chosenMoves(options);
  tell(`Making the data: ${moves.origin}`);
  const common = { folder, shape, moves, signal };
  const withText = workloads.some(({ writes }) => writes === true);
  const sizes = {
    one: { requests: 1, answers: options.answers, withText },
    many: { requests: options.requests, answers: options.answersEach, withText: false },
  };
  const wanted = Object.entries(sizes).filter(([name]) =>
    workloads.some(({ dataset }) => dataset === name),
  );
  const datasets = {};
  for (const [name, size] of wanted) {
    datasets[name] = await makeDataset({ ...common, ...size, name });
  }
  return datasets;
}

/** What they are, in one line. */
export function describeData({ answers, requests, answersEach, shape, prices }) {
  const origin = prices === undefined ? "seeded paths" : `moves of ${basename(prices)}`;
  const sizes = `${answers} answers, and ${requests} × ${answersEach}`;
  return `${origin}, ${shape.simulations} × ${shape.steps}, ${sizes}`;
}

async function chosenMoves({ prices }) {
  if (prices === undefined) {
    return brownianMoves({ ...BITCOIN, incrementSeconds: INCREMENT_SECONDS });
  }
  return realMoves(await readFile(prices, "utf8"), {
    incrementSeconds: INCREMENT_SECONDS,
    requestEverySeconds: REQUEST_EVERY_SECONDS,
    origin: basename(prices),
  });
}
