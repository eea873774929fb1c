import { open } from "node:fs/promises";
import { join } from "node:path";

/**
 * The lines of a dataset's text as strings; those that are no answers are left out.
 *
 * @param {import("./data/dataset.mjs").Dataset} dataset
 */
export async function* answerLines({ folder, text }) {
  const file = await open(join(folder, text?.file ?? ""));
  // Reads 64 KiB at a time otherwise, which a line of megabytes notices.
  const stream = file.createReadStream({ highWaterMark: 2 ** 20 });
  let pieces = [];
  for await (const piece of stream) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      const line = Buffer.concat([...pieces, piece.subarray(from, end)]);
      pieces = [];
      from = end + 1;
      if (line.subarray(0, RESPONSE.length).equals(RESPONSE)) yield line.toString("utf8");
    }
    if (from < piece.length) pieces.push(piece.subarray(from));
  }
}

const NEWLINE = 0x0a;
const RESPONSE = Buffer.from('{"response":');

/**
 * Answers through `JSON.parse`, each into one array; nothing is validated.
 *
 * @param {import("./data/dataset.mjs").Dataset} dataset
 * @param {import("./data/dataset.mjs").Layout} layout
 */
export async function* parseAnswers(dataset, layout) {
  const { simulations, steps } = dataset.shape;
  for await (const line of answerLines(dataset)) {
    const { miner_id: miner, prediction } = JSON.parse(line).response;
    const values = new Float32Array(simulations * steps);
    for (let simulation = 0; simulation < simulations; simulation += 1) {
      const path = prediction[2 + simulation];
      if (layout === "paths") values.set(path, simulation * steps);
      else {
        for (let step = 0; step < steps; step += 1) {
          values[step * simulations + simulation] = path[step];
        }
      }
    }
    yield { miner, values };
  }
}
