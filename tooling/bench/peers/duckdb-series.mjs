// Points of series in DuckDB, as its documentation would have them: one narrow table in the order of positions, whose row
// groups know their least and greatest position, and a table of traces to join with. Values go in and out as vectors.
import { join } from "node:path";
import { DuckDBDataChunk, DuckDBInstance, FLOAT, INTEGER } from "@duckdb/node-api";
import { ONE_PERCENT, PointSum, TILE_SIZE } from "../traces/series-dataset.mjs";
import { statisticsOf } from "../traces/update-statistics.mjs";

const CHUNK_ROWS = 2048;
const SCHEMA = `
  create table if not exists trace (id integer, asset text, label text, "interval" text, miner text);
  create table if not exists point (position integer, trace integer, value float);`;

export async function openDuckDb(folder) {
  const instance = await DuckDBInstance.create(join(folder, "series.duckdb"));
  const connection = await instance.connect();
  await connection.run(SCHEMA);
  return new DuckDbSeries(instance, connection);
}

class DuckDbSeries {
  #instance;
  #connection;

  constructor(instance, connection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  async close() {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async ingest(dataset, { tiles }) {
    const traces = await this.#connection.createAppender("trace");
    for (const [id, { asset, label, interval, miner }] of dataset.params().entries()) {
      traces.appendInteger(id);
      for (const text of [asset, label, interval, miner]) traces.appendVarchar(text);
      traces.endRow();
    }
    traces.closeSync();
    const append = this.#appender(dataset);
    let points = 0;
    for (let position = 0; position < tiles * TILE_SIZE; position += 1) {
      points += await append(position);
    }
    await this.#connection.run("checkpoint");
    return { points };
  }

  readTile(_, { tiles }) {
    return this.#sum(`select value from point where position >= ${(tiles - 1) * TILE_SIZE}`);
  }

  query() {
    const { asset, label, interval } = ONE_PERCENT;
    return this.#sum(
      `select value from point join trace on point.trace = trace.id
       where asset = '${asset}' and label = '${label}' and "interval" = '${interval}'`,
    );
  }

  latest(_, { tiles }) {
    return this.#sum(
      `select arg_max(value, position) from point where position >= ${(tiles - 2) * TILE_SIZE} group by trace`,
    );
  }

  readTrace(dataset) {
    return this.#sum(`select value from point where trace = ${dataset.traces >> 1}`);
  }

  readDense() {
    return this.#sum(
      `select value from point where position in
       (select distinct position from point order by position desc limit 10)`,
    );
  }

  async openTile(dataset, { tiles }) {
    const append = this.#appender(dataset);
    const times = [];
    for (let offset = 0; offset < TILE_SIZE / 2; offset += 1) {
      const start = performance.now();
      await append(tiles * TILE_SIZE + offset);
      times.push(performance.now() - start);
    }
    return statisticsOf(times);
  }

  #appender(dataset) {
    const values = new Float32Array(dataset.traces);
    const states = new Uint8Array(dataset.traces);
    const rows = new Int32Array(dataset.traces);
    return async (position) => {
      dataset.fill(position, values, states);
      let count = 0;
      for (let trace = 0; trace < values.length; trace += 1) {
        if (states[trace] !== 1) continue;
        rows[count] = trace;
        values[count] = values[trace] ?? 0;
        count += 1;
      }
      const appender = await this.#connection.createAppender("point");
      for (let from = 0; from < count; from += CHUNK_ROWS) {
        const to = Math.min(from + CHUNK_ROWS, count);
        const chunk = DuckDBDataChunk.create([INTEGER, INTEGER, FLOAT], to - from);
        const [at, trace, value] = [0, 1, 2].map((column) => chunk.getColumnVector(column));
        at.items.fill(position);
        trace.items.set(rows.subarray(from, to));
        value.items.set(values.subarray(from, to));
        for (const vector of [at, trace, value]) vector.flush();
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      return count;
    };
  }

  async #sum(text) {
    const sum = new PointSum();
    const result = await this.#connection.stream(text);
    for (
      let chunk = await result.fetchChunk();
      chunk?.rowCount;
      chunk = await result.fetchChunk()
    ) {
      const { items } = chunk.getColumnVector(0);
      for (let row = 0; row < chunk.rowCount; row += 1) sum.add(items[row]);
    }
    return { sum: String(sum) };
  }
}
