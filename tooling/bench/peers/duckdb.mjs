// DuckDB. "parquet": Parquet V2, whose floats are split into streams of bytes and whose rows are in the order of steps, so
// that a step is in few row groups. "default": Parquet as COPY writes it. "blob": a native table with parts of 32 steps.
// Values go in and out as typed arrays, never as rows of JavaScript.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ARRAY, DuckDBDataChunk, DuckDBInstance, FLOAT, INTEGER, SMALLINT } from "@duckdb/node-api";
import { flushFolder } from "../src/folder-bytes.mjs";
import { panelBytes, panelsOf, PANEL_STEPS, takePanels } from "../src/panels.mjs";

/** DuckDB's own unit of rows, and its smallest row group. */
const CHUNK_ROWS = 2048;
const SETTINGS = {
  parquet:
    "format parquet, parquet_version v2, compression lz4_raw, dictionary_size_limit 1, row_group_size 2048",
  default: "format parquet",
};

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {Promise<import("../src/subject.ts").Store>}
 */
export async function open({ folder, dataset, variant = "parquet" }) {
  mkdirSync(folder, { recursive: true });
  const path = variant === "blob" ? join(folder, "tiles.duckdb") : ":memory:";
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const store =
    variant === "blob"
      ? await blobs(connection, dataset)
      : parquet(connection, { folder, dataset, variant });
  return {
    ...store,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function parquet(connection, { folder, dataset: { shape }, variant }) {
  const { simulations, steps } = shape;
  const pathOf = ({ number }) => join(folder, `${number}.parquet`);
  let values = new Float32Array(0);
  const readSteps = async (request, { from, to }, take) => {
    const length = (to - from) * simulations;
    if (values.length < request.answers * length) {
      values = new Float32Array(request.answers * length);
    }
    const result = await connection.stream(
      `select step, miner, prices from read_parquet('${pathOf(request)}') where step >= ${from} and step < ${to}`,
    );
    for (let chunk = await next(result); chunk; chunk = await next(result)) {
      const stepOf = chunk.getColumnVector(0).items;
      const minerOf = chunk.getColumnVector(1).items;
      const lists = chunk.getColumnVector(2);
      const prices = lists.childVector.items;
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const at = lists.getEntryOffset(row);
        const place = minerOf[row] * length + (stepOf[row] - from) * simulations;
        values.set(prices.subarray(at, at + simulations), place);
      }
    }
    for (let miner = 0; miner < request.answers; miner += 1) {
      take(miner, values.subarray(miner * length, (miner + 1) * length));
    }
  };
  return {
    async write(request, tiles) {
      await connection.run(
        `create or replace table staging (step smallint, miner integer, prices float[${simulations}])`,
      );
      const appender = await connection.createAppender("staging");
      for await (const { miner, values: tile } of tiles) appendTile(appender, miner, tile, shape);
      appender.closeSync();
      const rows =
        variant === "default" ? "staging" : "(select * from staging order by step, miner)";
      await connection.run(`copy ${rows} to '${pathOf(request)}' (${SETTINGS[variant]})`);
      await connection.run("drop table staging");
      await flushFolder(folder);
    },
    readRequest: (request, take) => readSteps(request, { from: 0, to: steps }, take),
    readSteps,
  };
}

function appendTile(appender, miner, tile, { simulations, steps }) {
  for (let from = 0; from < steps; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, steps - from);
    const chunk = DuckDBDataChunk.create([SMALLINT, INTEGER, ARRAY(FLOAT, simulations)], count);
    const [step, miners, prices] = [0, 1, 2].map((column) => chunk.getColumnVector(column));
    for (let row = 0; row < count; row += 1) step.setItem(row, from + row);
    miners.items.fill(miner);
    const floats = prices.childData;
    floats.items.set(tile.subarray(from * simulations, (from + count) * simulations));
    for (const vector of [step, miners, prices]) vector.flush();
    appender.appendDataChunk(chunk);
  }
}

async function blobs(connection, { shape }) {
  await connection.run(
    "create table if not exists part (request integer, miner integer, panel integer, prices blob)",
  );
  const { simulations, steps } = shape;
  const readSteps = async ({ number, answers }, range, take) => {
    const panels = panelsOf(shape, range);
    const result = await connection.stream(
      `select miner, panel, prices from part where request = ${number} and panel between ${panels[0]} and ${panels.at(-1)}`,
    );
    const length = (range.to - range.from) * simulations;
    const values = new Float32Array(answers * length);
    for (let chunk = await next(result); chunk; chunk = await next(result)) {
      const minerOf = chunk.getColumnVector(0).items;
      const panelOf = chunk.getColumnVector(1).items;
      const prices = chunk.getColumnVector(2);
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const first = panelOf[row] * PANEL_STEPS;
        const from = Math.max(first, range.from);
        const to = Math.min(first + PANEL_STEPS, range.to);
        const at = minerOf[row] * length + (from - range.from) * simulations;
        const out = values.subarray(at, at + (to - from) * simulations);
        takePanels(out, shape, { from, to }, () => prices.getItem(row).bytes);
      }
    }
    for (let miner = 0; miner < answers; miner += 1) {
      take(miner, values.subarray(miner * length, (miner + 1) * length));
    }
  };
  return {
    async write({ number }, tiles) {
      const appender = await connection.createAppender("part");
      for await (const { miner, values } of tiles) {
        for (const panel of panelsOf(shape)) {
          appender.appendInteger(number);
          appender.appendInteger(miner);
          appender.appendInteger(panel);
          appender.appendBlob(panelBytes(values, shape, panel));
          appender.endRow();
        }
      }
      appender.closeSync();
      await connection.run("checkpoint");
    },
    readRequest: (request, take) => readSteps(request, { from: 0, to: steps }, take),
    readSteps,
  };
}

async function next(result) {
  const chunk = await result.fetchChunk();
  return chunk === null || chunk.rowCount === 0 ? undefined : chunk;
}
