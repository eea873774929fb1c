// Zarr v3 through zarrita: an array [answer][step][simulation] for each request, in files that are flushed one by one.
// zarrita hands the word "shuffle" of Zarr v3 on to a codec that wants a number, and so writes unshuffled chunks; the
// codec registered here translates it.
import { join } from "node:path";
import Blosc from "numcodecs/blosc";
import * as zarr from "zarrita";
import FileSystemStore from "@zarrita/storage/fs";
import { flushFolder } from "../src/folder-bytes.mjs";
import { PANEL_STEPS } from "../src/panels.mjs";

const SHUFFLES = { noshuffle: 0, shuffle: 1, bitshuffle: 2 };
const BLOSC = {
  name: "blosc",
  configuration: { cname: "lz4", clevel: 5, shuffle: "shuffle", typesize: 4, blocksize: 0 },
};
/** Answers in a chunk that is made for reading single steps. */
const ANSWERS_A_CHUNK = 25;
/** Chunks that are read at once. */
const AT_ONCE = 8;

zarr.registry.set("blosc", () =>
  Promise.resolve({
    fromConfig: ({ shuffle, ...others }) =>
      Blosc.fromConfig({ ...others, shuffle: SHUFFLES[shuffle] ?? shuffle }),
  }),
);

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {import("../src/subject.ts").Store}
 */
export function open({ folder, dataset: { shape }, variant = "panels" }) {
  const { simulations, steps } = shape;
  const storeOf = ({ number }) => new FileSystemStore(join(folder, `${number}.zarr`));
  const chunks = {
    panels: [1, Math.min(PANEL_STEPS, steps), simulations],
    slices: [ANSWERS_A_CHUNK, 1, simulations],
    default: [1, steps, simulations],
  }[variant];
  const answersAtOnce = variant === "slices" ? ANSWERS_A_CHUNK : AT_ONCE;
  const readSteps = async (request, { from, to }, take) => {
    const array = await zarr.open.v3(storeOf(request), { kind: "array" });
    const length = (to - from) * simulations;
    for (let first = 0; first < request.answers; first += answersAtOnce) {
      const end = Math.min(first + answersAtOnce, request.answers);
      const { data } = await zarr.get(array, [zarr.slice(first, end), zarr.slice(from, to), null]);
      for (let miner = first; miner < end; miner += 1) {
        take(miner, data.subarray((miner - first) * length, (miner - first + 1) * length));
      }
    }
  };
  return {
    async write(request, tiles) {
      const store = storeOf(request);
      const array = await zarr.create(store, {
        shape: [request.answers, steps, simulations],
        chunkShape: chunks,
        dtype: "float32",
        codecs: variant === "default" ? [] : [BYTES, BLOSC],
      });
      for await (const { first, count, values } of groups(tiles, chunks[0])) {
        const selection = [zarr.slice(first, first + count), null, null];
        const stride = [steps * simulations, simulations, 1];
        await zarr.set(array, selection, {
          data: values,
          shape: [count, steps, simulations],
          stride,
        });
      }
      await flushFolder(folder);
    },
    readRequest: (request, take) => readSteps(request, { from: 0, to: steps }, take),
    readSteps,
    close() {},
  };
}

const BYTES = { name: "bytes", configuration: { endian: "little" } };

/** Tiles that lie in the same chunks, together. */
async function* groups(tiles, size) {
  let some = [];
  let first = 0;
  for await (const { values } of tiles) {
    some.push(values);
    if (some.length === size) {
      yield { first, count: size, values: joined(some) };
      first += size;
      some = [];
    }
  }
  if (some.length > 0) yield { first, count: some.length, values: joined(some) };
}

function joined(arrays) {
  if (arrays.length === 1) return arrays[0];
  const all = new Float32Array(arrays.length * arrays[0].length);
  for (const [at, values] of arrays.entries()) all.set(values, at * values.length);
  return all;
}
