// A subject that stores nothing and gives what the dataset has, changed by what its variant says.
import { readTiles } from "../src/data/dataset.mjs";

export function open({ dataset, variant }) {
  const { simulations } = dataset.shape;
  return {
    async write() {},
    async readRequest(request, take) {
      for await (const { miner, values } of readTiles(dataset, request)) {
        if (variant === "one bit" && miner === 1) new Uint32Array(values.buffer)[5] ^= 1;
        if (variant !== "one missing" || miner !== 1) take(miner, values);
      }
    },
    async readSteps(request, { from, to }, take) {
      const shift = variant === "next step" ? 1 : 0;
      await this.readRequest(request, (miner, values) =>
        take(miner, values.slice((from + shift) * simulations, (to + shift) * simulations)),
      );
    },
    close() {},
  };
}
