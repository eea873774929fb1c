import { open } from "node:fs/promises";
import { join } from "node:path";
import { transpose } from "../transpose.mjs";

/**
 * Requests with all their answers, as plain data: it goes to the processes that measure.
 *
 * @typedef {object} Dataset
 * @property {string} name
 * @property {string} folder
 * @property {{ simulations: number, steps: number }} shape of every tile
 * @property {number} incrementSeconds
 * @property {Record<string, number>} intervals what is scored
 * @property {{ from: number, to: number }} oneStep
 * @property {{ from: number, to: number }} someSteps they cross from one panel to the next
 * @property {number} level a float32
 * @property {readonly BenchRequest[]} requests
 * @property {{ file: string, bytes: number } | undefined} text answers of the first request, one a line
 * @property {Record<string, string>} expected what every subject must give, by workload
 *
 * @typedef {object} BenchRequest
 * @property {number} number from 0
 * @property {number} startUnixSeconds
 * @property {number} answers miners 0, 1, … have one each
 * @property {string} file float32, one tile `[steps][simulations]` after the other
 * @property {readonly number[]} realized prices at the steps
 *
 * A tile as a subject wants it: `[steps][simulations]`, or `[simulations][steps]` as miners send it.
 *
 * @typedef {"steps" | "paths"} Layout
 */

/** The tiles of a request, one after the other, each in an array of its own. */
export async function* readTiles({ folder, shape }, request, layout = "steps") {
  const { simulations, steps } = shape;
  const handle = await open(join(folder, request.file));
  try {
    for (let miner = 0; miner < request.answers; miner += 1) {
      const values = new Float32Array(simulations * steps);
      const { byteLength } = values;
      await handle.read(new Uint8Array(values.buffer), 0, byteLength, miner * byteLength);
      yield {
        miner,
        values:
          layout === "steps"
            ? values
            : transpose(values, steps, simulations, new Float32Array(values.length)),
      };
    }
  } finally {
    await handle.close();
  }
}
