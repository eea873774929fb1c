// LanceDB, a table a request. "best": a row for each step of each answer, in the order of steps, prices in a list of fixed
// size, an index on the step; read as Arrow. "default": a row for an answer, its path-major float32 as binary.
import { mkdirSync } from "node:fs";
import { connect, Index } from "@lancedb/lancedb";
import {
  Binary,
  Field,
  FixedSizeList,
  Float32,
  Int16,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  vectorFromArray,
} from "apache-arrow";
import { flushFolder } from "../src/folder-bytes.mjs";
import { transpose } from "../src/transpose.mjs";

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {Promise<import("../src/subject.ts").Store>}
 */
export async function open({ folder, dataset, variant }) {
  mkdirSync(folder, { recursive: true });
  const database = await connect(folder);
  const tables = new Map();
  const parts = {
    folder,
    database,
    shape: dataset.shape,
    /** Opening reads what is known about a table; a program keeps it open. */
    async tableOf({ number }) {
      const table = tables.get(number) ?? (await database.openTable(`r${number}`));
      tables.set(number, table);
      return table;
    },
  };
  const store = variant === "default" ? rowEach(parts) : rowsOfSteps(parts);
  return { ...store, close: () => database.close() };
}

function rowsOfSteps({ folder, database, shape, tableOf }) {
  const { simulations, steps } = shape;
  let values = new Float32Array(0);
  const read = async (query, { answers }, { from, to }, take) => {
    const length = (to - from) * simulations;
    if (values.length < answers * length) values = new Float32Array(answers * length);
    for await (const batch of query.select(["step", "miner", "prices"])) {
      const stepOf = batch.getChild("step").toArray();
      const minerOf = batch.getChild("miner").toArray();
      const [prices] = batch.getChild("prices").data;
      const floats = prices.children[0].values;
      for (let row = 0; row < batch.numRows; row += 1) {
        const at = (prices.offset + row) * simulations;
        const place = minerOf[row] * length + (stepOf[row] - from) * simulations;
        values.set(floats.subarray(at, at + simulations), place);
      }
    }
    for (let miner = 0; miner < answers; miner += 1) {
      take(miner, values.subarray(miner * length, (miner + 1) * length));
    }
  };
  return {
    async write(request, tiles) {
      const all = [];
      for await (const { values: tile } of tiles) all.push(tile);
      const batches = Array.from({ length: steps }, (_, step) => stepBatch(step, all, shape));
      const table = await database.createTable(`r${request.number}`, new Table(batches));
      await table.createIndex("step", { config: Index.btree() });
      await flushFolder(folder);
    },
    async readRequest(request, take) {
      const table = await tableOf(request);
      await read(table.query(), request, { from: 0, to: steps }, take);
    },
    async readSteps(request, range, take) {
      const table = await tableOf(request);
      const { from, to } = range;
      await read(table.query().where(`step >= ${from} and step < ${to}`), request, range, take);
    },
  };
}

function stepBatch(step, tiles, { simulations }) {
  const count = tiles.length;
  const prices = new Float32Array(count * simulations);
  for (const [miner, tile] of tiles.entries()) {
    const row = tile.subarray(step * simulations, (step + 1) * simulations);
    prices.set(row, miner * simulations);
  }
  const list = new FixedSizeList(simulations, new Field("item", new Float32(), true));
  const floats = makeData({ type: new Float32(), length: prices.length, data: prices });
  const columns = {
    step: makeData({ type: new Int16(), data: new Int16Array(count).fill(step) }),
    miner: makeData({ type: new Int32(), data: Int32Array.from(tiles.keys()) }),
    prices: makeData({ type: list, length: count, nullCount: 0, child: floats }),
  };
  const fields = Object.entries(columns).map(([name, { type }]) => new Field(name, type, false));
  const type = new Struct(fields);
  const children = Object.values(columns);
  return new RecordBatch(
    new Schema(fields),
    makeData({ type, length: count, nullCount: 0, children }),
  );
}

function rowEach({ folder, database, shape, tableOf }) {
  const { simulations, steps } = shape;
  const tile = new Float32Array(simulations * steps);
  const read = async (request, take) => {
    const table = await tableOf(request);
    for await (const batch of table.query()) {
      const minerOf = batch.getChild("miner").toArray();
      const rows = batch.getChild("prices");
      for (let row = 0; row < batch.numRows; row += 1) {
        // Not every offset suits float32.
        const bytes = new Uint8Array(rows.get(row));
        transpose(new Float32Array(bytes.buffer), simulations, steps, tile);
        take(minerOf[row], tile);
      }
    }
  };
  return {
    layout: "paths",
    async write({ number }, tiles) {
      const answers = [];
      for await (const { values } of tiles) answers.push(new Uint8Array(values.buffer));
      const miner = vectorFromArray(Int32Array.from(answers.keys()));
      const prices = vectorFromArray(answers, new Binary());
      await database.createTable(`r${number}`, new Table({ miner, prices }));
      await flushFolder(folder);
    },
    readRequest: read,
    readSteps: (request, { from, to }, take) =>
      read(request, (miner, values) =>
        take(miner, values.subarray(from * simulations, to * simulations)),
      ),
  };
}
