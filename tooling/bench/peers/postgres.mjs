// PostgreSQL, a row an answer. "best": bytea that is neither compressed nor sent as text, step-major, so that steps are
// read from within. "default": bytea as it comes, path-major. "json": the JSON that was sent. "json-numba": the same, read
// and scored in Python, as the network's validator did.
import { basename, dirname } from "node:path";
import { Client } from "pg";
import { PythonScorer } from "../src/python-scorer.mjs";
import { answerLines } from "../src/parse-answers.mjs";
import { transpose } from "../src/transpose.mjs";
import { eachCopiedRow } from "./copied-rows.mjs";

/** Answers that a query brings: megabytes, so that no result is out of proportion. */
const ROWS_AT_ONCE = 8;

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {Promise<import("../src/subject.ts").Store>}
 */
export async function open({ folder, dataset, variant = "best", services }) {
  const client = new Client({ connectionString: services.postgresUrl });
  await client.connect();
  // A folder's name stands for the table: one for each subject and dataset.
  const table = `${basename(dirname(folder))}_${basename(folder)}`.replaceAll(/\W/g, "_");
  const parts = { client, table, shape: dataset.shape };
  const store = { best: binary, default: text, json, "json-numba": json }[variant](parts);
  const type = variant.startsWith("json") ? "json" : "bytea";
  await client.query(
    `create table if not exists ${table} (request integer, miner integer, prediction ${type}, primary key (request, miner))`,
  );
  if (variant === "best") {
    await client.query(`alter table ${table} alter prediction set storage external`);
  }
  const python = new PythonScorer(
    services.python,
    ["postgres-json", services.postgresUrl, table],
    dataset,
  );
  return {
    ...store,
    ...(variant === "json-numba" && {
      score: ({ number, realized }, take) => python.score({ request: number, realized }, take),
    }),
    get processes() {
      return python.processes;
    },
    async bytesStored() {
      const { rows } = await client.query(`select pg_total_relation_size('${table}') as bytes`);
      return Number(rows[0].bytes);
    },
    async close() {
      await python.close();
      await client.end();
    },
  };
}

/** All rows in one transaction: it is durable when the commit returns. */
async function insertAll(client, table, rows) {
  await client.query("begin");
  for await (const { request, miner, prediction } of rows) {
    const values = [request, miner, prediction];
    await client.query({
      name: "insert",
      text: `insert into ${table} values ($1, $2, $3)`,
      values,
    });
  }
  await client.query("commit");
}

async function eachRow({ client, table }, request, take) {
  for (let first = 0; first < request.answers; first += ROWS_AT_ONCE) {
    const { rows } = await client.query({
      text: `select miner, prediction from ${table} where request = $1 and miner >= $2 and miner < $3`,
      values: [request.number, first, first + ROWS_AT_ONCE],
    });
    for (const row of rows) take(row.miner, row.prediction);
  }
}

function binary(parts) {
  const { simulations, steps } = parts.shape;
  const read = (request, column, values, take) =>
    eachCopiedRow(
      parts.client,
      `select miner, ${column} from ${parts.table} where request = ${request.number}`,
      new Uint8Array(values.buffer),
      (miner) => take(miner, values),
    );
  return {
    async write({ number }, tiles) {
      await insertAll(parts.client, parts.table, rowsOf(number, tiles));
    },
    readRequest: (request, take) =>
      read(request, "prediction", new Float32Array(simulations * steps), take),
    readSteps(request, { from, to }, take) {
      const values = new Float32Array((to - from) * simulations);
      const column = `substr(prediction, ${from * simulations * 4 + 1}, ${values.byteLength})`;
      return read(request, column, values, take);
    },
  };
}

function text(parts) {
  const { simulations, steps } = parts.shape;
  const tile = new Float32Array(simulations * steps);
  const paths = new Float32Array(tile.length);
  const read = (request, take) =>
    eachRow(
      parts,
      request,
      copied(paths, (miner) => take(miner, transpose(paths, simulations, steps, tile))),
    );
  return {
    layout: "paths",
    async write({ number }, tiles) {
      await insertAll(parts.client, parts.table, rowsOf(number, tiles));
    },
    readRequest: read,
    readSteps: (request, range, take) => read(request, partOf(range, simulations, take)),
  };
}

function json(parts) {
  const { simulations, steps } = parts.shape;
  const tile = new Float32Array(simulations * steps);
  const read = (request, take) =>
    eachRow(parts, request, (miner, prediction) => {
      for (let simulation = 0; simulation < simulations; simulation += 1) {
        const path = prediction[2 + simulation];
        for (let step = 0; step < steps; step += 1) {
          tile[step * simulations + simulation] = path[step];
        }
      }
      take(miner, tile);
    });
  return {
    layout: "paths",
    async write({ number }, tiles) {
      await insertAll(parts.client, parts.table, jsonRows(number, tiles, steps));
    },
    /** The text goes to the server as it came. */
    ingest: (dataset) => insertAll(parts.client, parts.table, sentRows(dataset)),
    readRequest: read,
    readSteps: (request, range, take) => read(request, partOf(range, simulations, take)),
  };
}

async function* rowsOf(request, tiles) {
  for await (const { miner, values } of tiles) {
    yield { request, miner, prediction: Buffer.from(values.buffer) };
  }
}

async function* jsonRows(request, tiles, steps) {
  for await (const { miner, values } of tiles) {
    const paths = [];
    for (let from = 0; from < values.length; from += steps) {
      const path = Array.from(values.subarray(from, from + steps), shortest);
      paths.push(`[${path.join(",")}]`);
    }
    yield { request, miner, prediction: `[0,300,${paths.join(",")}]` };
  }
}

/** The decimal of eight digits that a float32 came from. */
function shortest(value) {
  return Number(value.toPrecision(8));
}

async function* sentRows(dataset) {
  const marker = ',"prediction":';
  for await (const line of answerLines(dataset)) {
    const miner = Number(/"miner_id":(\d+)/.exec(line)?.[1]);
    const at = line.indexOf(marker) + marker.length;
    yield { request: 0, miner, prediction: line.slice(at, -2) };
  }
}

/** Into an array that is used again, whose alignment suits float32. */
function copied(values, take) {
  const target = new Uint8Array(values.buffer);
  return (miner, bytes) => {
    target.set(bytes);
    take(miner, values);
  };
}

function partOf({ from, to }, simulations, take) {
  return (miner, values) => take(miner, values.subarray(from * simulations, to * simulations));
}
