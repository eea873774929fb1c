// Plain files. "best": one file a request, steps together, flushed once. "default": one file an answer, as it came.
import { mkdir, open as openFile, readFile, rename } from "node:fs/promises";
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { transpose } from "../src/transpose.mjs";

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {import("../src/subject.ts").Store}
 */
export function open(options) {
  return options.variant === "default" ? fileEach(options) : fileOfAll(options);
}

function fileOfAll({ folder, dataset: { shape } }) {
  const { simulations, steps } = shape;
  const tileBytes = simulations * steps * 4;
  const pathOf = ({ number }) => join(folder, `${number}.f32`);
  return {
    async write(request, tiles) {
      await mkdir(folder, { recursive: true });
      const part = `${pathOf(request)}.part`;
      const file = await openFile(part, "w");
      try {
        for await (const { miner, values } of tiles) {
          await file.write(bytesOf(values), 0, tileBytes, miner * tileBytes);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, pathOf(request));
      await flushEntries(folder);
    },
    async readRequest(request, take) {
      const values = new Float32Array(simulations * steps);
      readParts(pathOf(request), values, request.answers, (miner) => miner * tileBytes, take);
    },
    async readSteps(request, { from, to }, take) {
      const values = new Float32Array((to - from) * simulations);
      const offsetOf = (miner) => miner * tileBytes + from * simulations * 4;
      readParts(pathOf(request), values, request.answers, offsetOf, take);
    },
    close() {},
  };
}

function fileEach({ folder, dataset: { shape } }) {
  const { simulations, steps } = shape;
  const folderOf = ({ number }) => join(folder, `${number}`);
  const tile = new Float32Array(simulations * steps);
  const readTile = async (request, miner) => {
    const bytes = await readFile(join(folderOf(request), `${miner}.f32`));
    const paths = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    return transpose(paths, simulations, steps, tile);
  };
  return {
    layout: "paths",
    async write(request, tiles) {
      await mkdir(folderOf(request), { recursive: true });
      for await (const { miner, values } of tiles) {
        const file = await openFile(join(folderOf(request), `${miner}.f32`), "w");
        try {
          await file.write(bytesOf(values));
          await file.sync();
        } finally {
          await file.close();
        }
      }
      await flushEntries(folderOf(request));
      await flushEntries(folder);
    },
    async readRequest(request, take) {
      for (let miner = 0; miner < request.answers; miner += 1) {
        take(miner, await readTile(request, miner));
      }
    },
    async readSteps(request, { from, to }, take) {
      for (let miner = 0; miner < request.answers; miner += 1) {
        const values = await readTile(request, miner);
        take(miner, values.subarray(from * simulations, to * simulations));
      }
    },
    close() {},
  };
}

/** Without going through other threads, which would cost more than reading from memory. */
function readParts(path, values, count, offsetOf, take) {
  const bytes = bytesOf(values);
  const file = openSync(path);
  try {
    for (let miner = 0; miner < count; miner += 1) {
      readSync(file, bytes, 0, bytes.length, offsetOf(miner));
      take(miner, values);
    }
  } finally {
    closeSync(file);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }) {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A new file is only there after a crash when its folder was flushed too. */
async function flushEntries(folder) {
  const handle = await openFile(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
