// lmdb-js. "best": parts of 32 steps as they are, read into one buffer that is used again. "lz4": the plain codec of the
// first systems: a version byte and the answer's path-major float32 through lz4; transposed after reading.
import { mkdirSync } from "node:fs";
import { open as openLmdb } from "lmdb";
import { compressSync, uncompressSync } from "lz4-napi";
import { panelBytes, panelsOf, takePanels } from "../src/panels.mjs";
import { transpose } from "../src/transpose.mjs";

const CODEC_VERSION = 1;

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {import("../src/subject.ts").Store}
 */
export function open({ folder, dataset, variant }) {
  mkdirSync(folder, { recursive: true });
  const database = openLmdb({ path: folder, encoding: "binary", compression: false });
  const parts = variant === "lz4" ? answers(database, dataset) : panels(database, dataset);
  return { ...parts, close: () => database.close() };
}

function panels(database, { shape }) {
  const { simulations, steps } = shape;
  const readSteps = async ({ number, answers: count }, range, take) => {
    const out = new Float32Array((range.to - range.from) * simulations);
    for (let miner = 0; miner < count; miner += 1) {
      takePanels(out, shape, range, (panel) => database.getBinaryFast([number, miner, panel]));
      take(miner, out);
    }
  };
  return {
    async write({ number }, tiles) {
      for await (const { miner, values } of tiles) {
        // One promise a tile is enough: writes are committed in order.
        let written;
        for (const panel of panelsOf(shape)) {
          written = database.put([number, miner, panel], panelBytes(values, shape, panel));
        }
        await written;
      }
      await database.flushed;
    },
    readRequest: (request, take) => readSteps(request, { from: 0, to: steps }, take),
    readSteps,
  };
}

function answers(database, { shape }) {
  const { simulations, steps } = shape;
  const tile = new Float32Array(simulations * steps);
  const read = (request, miner) => {
    const bytes = uncompressSync(database.getBinary([request.number, miner]).subarray(1));
    // Not every offset suits float32.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
    const paths = new Float32Array(aligned.buffer, aligned.byteOffset, tile.length);
    return transpose(paths, simulations, steps, tile);
  };
  return {
    layout: "paths",
    async write({ number }, tiles) {
      for await (const { miner, values } of tiles) {
        const compressed = compressSync(Buffer.from(values.buffer));
        await database.put([number, miner], Buffer.concat([Buffer.of(CODEC_VERSION), compressed]));
      }
      await database.flushed;
    },
    async readRequest(request, take) {
      for (let miner = 0; miner < request.answers; miner += 1) take(miner, read(request, miner));
    },
    async readSteps(request, { from, to }, take) {
      for (let miner = 0; miner < request.answers; miner += 1) {
        take(miner, read(request, miner).subarray(from * simulations, to * simulations));
      }
    },
  };
}
