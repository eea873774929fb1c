import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ONE_PERCENT, PointSum, TILE_SIZE } from "./series-dataset.mjs";
import { statisticsOf } from "./update-statistics.mjs";

const SCHEMA = `
  pragma page_size = 16384;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma cache_size = -262144;
  pragma mmap_size = 17179869184;
  create table if not exists trace (
    id integer primary key, asset text, label text, interval text, miner text,
    unique (asset, label, interval, miner));
  create table if not exists point (
    tile integer, trace integer, position integer, value real,
    primary key (tile, trace, position)) without rowid;`;

/** SQLite as a careful user would have it: points of a trace lie together in each tile, traces are found by index. */
export async function openSqlite(folder) {
  const database = new DatabaseSync(join(folder, "series.sqlite"));
  database.exec(SCHEMA);
  return new SqliteSeries(database);
}

class SqliteSeries {
  #database;

  constructor(database) {
    this.#database = database;
  }

  async close() {
    this.#database.close();
  }

  async ingest(dataset, { tiles }) {
    const trace = this.#database.prepare("insert into trace values (?, ?, ?, ?, ?)");
    this.#database.exec("begin");
    for (const [id, { asset, label, interval, miner }] of dataset.params().entries()) {
      trace.run(id, asset, label, interval, miner);
    }
    this.#database.exec("commit");
    const append = this.#appender(dataset);
    let points = 0;
    for (let position = 0; position < tiles * TILE_SIZE; position += 1) points += append(position);
    this.#database.exec("pragma wal_checkpoint(truncate)");
    return { points };
  }

  async readTile(_, { tiles }) {
    return this.#sum("select value from point where tile = ?", tiles - 1);
  }

  async query(_, { tiles }) {
    return this.#sum(
      `select value from trace cross join point on point.trace = trace.id and tile in (${range(tiles)})
       where asset = ? and label = ? and interval = ?`,
      ...Object.values(ONE_PERCENT),
    );
  }

  async latest(_, { tiles }) {
    return this.#sum(
      `select value, max(position) from point where tile in (${tiles - 2}, ${tiles - 1}) group by trace`,
    );
  }

  async readTrace(dataset, { tiles }) {
    return this.#sum(
      `select value from point where tile in (${range(tiles)}) and trace = ?`,
      dataset.traces >> 1,
    );
  }

  async readDense(_, { tiles }) {
    // Every position has data here; which ones do is not kept anywhere.
    return this.#sum(
      "select value from point where tile = ? and position >= ?",
      tiles - 1,
      tiles * TILE_SIZE - 10,
    );
  }

  async openTile(dataset, { tiles }) {
    const append = this.#appender(dataset);
    const times = [];
    for (let offset = 0; offset < TILE_SIZE / 2; offset += 1) {
      const start = performance.now();
      append(tiles * TILE_SIZE + offset);
      times.push(performance.now() - start);
    }
    return statisticsOf(times);
  }

  #appender(dataset) {
    const insert = this.#database.prepare("insert into point values (?, ?, ?, ?)");
    const values = new Float32Array(dataset.traces);
    const states = new Uint8Array(dataset.traces);
    return (position) => {
      dataset.fill(position, values, states);
      const tile = Math.floor(position / TILE_SIZE);
      let points = 0;
      this.#database.exec("begin");
      for (let trace = 0; trace < values.length; trace += 1) {
        if (states[trace] !== 1) continue;
        insert.run(tile, trace, position, values[trace]);
        points += 1;
      }
      this.#database.exec("commit");
      return points;
    };
  }

  #sum(text, ...parameters) {
    const statement = this.#database.prepare(text);
    statement.setReturnArrays(true);
    const sum = new PointSum();
    for (const [value] of statement.iterate(...parameters)) sum.add(value);
    return { sum: String(sum) };
  }
}

function range(tiles) {
  return Array.from({ length: tiles }, (_, tile) => tile).join(", ");
}
