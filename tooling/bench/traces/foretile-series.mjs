import { join } from "node:path";
import { systemClock } from "@foretile/resilience/system";
import { withObserver } from "@foretile/storage/layers";
import { openLmdbStore } from "@foretile/storage-lmdb";
import { createTraceList, openTraceStore, POINT } from "@foretile/trace-store";
import { createLibrary, isVersionStoreError, openLibrary } from "@foretile/version-store";
import { encodeTraceId } from "@foretile/keyspace";
import { ONE_PERCENT, PointSum, TILE_SIZE } from "./series-dataset.mjs";
import { statisticsOf } from "./update-statistics.mjs";

/** A trace set in LMDB; every call of the store is counted. */
export async function openForetile(folder) {
  const path = join(folder, "store");
  const requests = { reads: 0, writes: 0, bytesRead: 0, bytesWritten: 0 };
  const observe = ({ operation, bytesRead, bytesWritten }) => {
    requests[/put|create|replace|swap|delete|mutate/i.test(operation) ? "writes" : "reads"] += 1;
    requests.bytesRead += bytesRead;
    requests.bytesWritten += bytesWritten;
  };
  const plain = await openLmdbStore({ path, mode: "write" }).catch(() =>
    openLmdbStore({ path, mode: "create" }),
  );
  const store = withObserver(plain, { clock: systemClock, observe });
  const library = await openLibrary({ store }).catch((error) => {
    if (!isVersionStoreError(error, "not-a-library")) throw error;
    return createLibrary({ store });
  });
  const set = await openTraceStore({ library, set: "scores", valueType: "float32" });
  // Opening is not counted.
  for (const name of Object.keys(requests)) requests[name] = 0;
  return new ForetileSeries(set, requests, plain);
}

class ForetileSeries {
  #set;
  #requests;
  #store;

  constructor(set, requests, store) {
    this.#set = set;
    this.#requests = requests;
    this.#store = store;
  }

  close() {
    return this.#store.close();
  }

  async ingest(dataset, { from = 0, tiles }) {
    const appender = new Appender(this.#set, dataset);
    let points = 0;
    for (let position = from * TILE_SIZE; position < tiles * TILE_SIZE; position += 1) {
      points += await appender.append(position);
    }
    let storedBytes = 0;
    for await (const tile of this.#set.listTiles()) storedBytes += tile.storedBytes;
    return { points, storedBytes };
  }

  readTile(_, { tiles }) {
    return this.#counted(async (sum) => {
      const block = await this.#set.readTile(tiles - 1);
      if (block !== undefined) addPoints(sum, block);
    });
  }

  query(_, { tiles, newestTile = false }) {
    return this.#counted(async (sum) => {
      const range = { from: newestTile ? (tiles - 1) * TILE_SIZE : 0, to: tiles * TILE_SIZE };
      for await (const block of this.#set.query(ONE_PERCENT, range)) addPoints(sum, block);
    });
  }

  latest() {
    return this.#counted(async (sum) => {
      addPoints(sum, await this.#set.latest());
    });
  }

  readTrace(dataset, { tiles, newestTile = false }) {
    return this.#counted(async (sum) => {
      const from = newestTile ? (tiles - 1) * TILE_SIZE : 0;
      const ids = [encodeTraceId(dataset.paramsOf(dataset.traces >> 1))];
      addPoints(sum, await this.#set.readMatrix(from, tiles * TILE_SIZE, { ids }));
    });
  }

  readDense() {
    return this.#counted(async (sum) => {
      addPoints(sum, await this.#set.readDense(10));
    });
  }

  async openTile(dataset, { tiles }) {
    const appender = new Appender(this.#set, dataset);
    const times = [];
    for (let offset = 0; offset < TILE_SIZE / 2; offset += 1) {
      const start = performance.now();
      await appender.append(tiles * TILE_SIZE + offset);
      times.push(performance.now() - start);
    }
    return { ...statisticsOf(times), ...perCall(this.#requests, times.length) };
  }

  /** The newest position once more, with other values. */
  async appendAgain(dataset, { tiles }) {
    const appender = new Appender(this.#set, dataset);
    await appender.append(tiles * TILE_SIZE - 1, 1);
    return { ...this.#requests };
  }

  async #counted(read) {
    const sum = new PointSum();
    await read(sum);
    return { sum: String(sum), ...this.#requests };
  }
}

class Appender {
  #set;
  #dataset;
  #traces;
  #values;
  #states;

  constructor(set, dataset) {
    this.#set = set;
    this.#dataset = dataset;
    this.#traces = createTraceList(dataset.params());
    this.#values = new Float32Array(dataset.traces);
    this.#states = new Uint8Array(dataset.traces);
  }

  async append(position, shift = 0) {
    const [traces, values, states] = [this.#traces, this.#values, this.#states];
    this.#dataset.fill(position, values, states);
    if (shift !== 0) for (let at = 0; at < values.length; at += 1) values[at] += shift;
    const { stored } = await this.#set.appendColumns({ traces, from: position, values, states });
    return stored;
  }
}

function addPoints(sum, { states, values }) {
  for (let at = 0; at < states.length; at += 1) {
    if (states[at] === POINT.value) sum.add(values[at]);
  }
}

function perCall(requests, calls) {
  return Object.fromEntries(
    Object.entries(requests).map(([name, value]) => [name, Math.round((value / calls) * 10) / 10]),
  );
}
