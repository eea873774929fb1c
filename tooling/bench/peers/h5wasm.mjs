// HDF5 through h5wasm, a file a request with an array [step][simulation] for each answer: contiguous, or "gzip" in chunks
// of 32 steps.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { File, ready } from "h5wasm/node";
import { flushFolder } from "../src/folder-bytes.mjs";
import { PANEL_STEPS } from "../src/panels.mjs";

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {Promise<import("../src/subject.ts").Store>}
 */
export async function open({ folder, dataset: { shape }, variant }) {
  await ready;
  mkdirSync(folder, { recursive: true });
  const { simulations, steps } = shape;
  const pathOf = ({ number }) => join(folder, `${number}.h5`);
  const storage =
    variant === "gzip"
      ? { chunks: [Math.min(PANEL_STEPS, steps), simulations], compression: "gzip" }
      : {};
  const readEach = (request, valuesOf, take) => {
    const file = new File(pathOf(request), "r");
    try {
      for (let miner = 0; miner < request.answers; miner += 1) {
        take(miner, valuesOf(file.get(String(miner))));
      }
    } finally {
      file.close();
    }
  };
  return {
    async write(request, tiles) {
      const file = new File(pathOf(request), "w");
      for await (const { miner, values } of tiles) {
        const name = String(miner);
        file.create_dataset({ name, data: values, shape: [steps, simulations], ...storage });
      }
      file.close();
      await flushFolder(folder);
    },
    async readRequest(request, take) {
      readEach(request, (array) => array.value, take);
    },
    async readSteps(request, { from, to }, take) {
      readEach(request, (array) => array.slice([[from, to], []]), take);
    },
    close() {},
  };
}
