// node:sqlite. "best": write-ahead log, 64 KiB pages, mapped reads, a row for each 32 steps of a tile. "default": as it
// comes, a row for each answer as it was sent. Both flush on every commit.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { panelBytes, panelsOf, takePanels } from "../src/panels.mjs";
import { transpose } from "../src/transpose.mjs";

/**
 * @param {import("../src/subject.ts").OpenOptions} options
 * @returns {import("../src/subject.ts").Store}
 */
export function open(options) {
  mkdirSync(options.folder, { recursive: true });
  const database = new DatabaseSync(join(options.folder, "tiles.db"));
  return options.variant === "default"
    ? rowEach(database, options.dataset)
    : rowPanels(database, options.dataset);
}

function rowPanels(database, { shape }) {
  database.exec(
    "pragma page_size = 65536; pragma journal_mode = wal; pragma synchronous = full; pragma mmap_size = 8589934592",
  );
  database.exec(
    "create table if not exists panel (request integer, panel integer, miner integer, prices blob, " +
      "primary key (request, miner, panel)) without rowid",
  );
  const insert = database.prepare("insert into panel values (?, ?, ?, ?)");
  const select = database.prepare(
    "select prices from panel where request = ? and miner = ? and panel = ?",
  );
  const panelOf = (request, miner, panel) => select.get(request.number, miner, panel).prices;
  const { simulations, steps } = shape;
  return {
    async write({ number }, tiles) {
      database.exec("begin immediate");
      for await (const { miner, values } of tiles) {
        for (const panel of panelsOf(shape)) {
          insert.run(number, panel, miner, panelBytes(values, shape, panel));
        }
      }
      database.exec("commit");
      database.exec("pragma wal_checkpoint(truncate)");
    },
    async readRequest(request, take) {
      await this.readSteps(request, { from: 0, to: steps }, take);
    },
    async readSteps(request, range, take) {
      const out = new Float32Array((range.to - range.from) * simulations);
      for (let miner = 0; miner < request.answers; miner += 1) {
        takePanels(out, shape, range, (panel) => panelOf(request, miner, panel));
        take(miner, out);
      }
    },
    close: () => database.close(),
  };
}

function rowEach(database, { shape }) {
  database.exec(
    "create table if not exists answer (request integer, miner integer, prices blob, primary key (request, miner))",
  );
  const insert = database.prepare("insert into answer values (?, ?, ?)");
  const select = database.prepare("select prices from answer where request = ? and miner = ?");
  const { simulations, steps } = shape;
  const tile = new Float32Array(simulations * steps);
  const readTile = (request, miner) => {
    const { prices } = select.get(request.number, miner);
    const paths = new Float32Array(prices.buffer, prices.byteOffset, tile.length);
    return transpose(paths, simulations, steps, tile);
  };
  return {
    layout: "paths",
    async write({ number }, tiles) {
      database.exec("begin");
      for await (const { miner, values } of tiles) {
        insert.run(number, miner, new Uint8Array(values.buffer));
      }
      database.exec("commit");
    },
    async readRequest(request, take) {
      for (let miner = 0; miner < request.answers; miner += 1)
        take(miner, readTile(request, miner));
    },
    async readSteps(request, { from, to }, take) {
      for (let miner = 0; miner < request.answers; miner += 1) {
        take(miner, readTile(request, miner).subarray(from * simulations, to * simulations));
      }
    },
    close: () => database.close(),
  };
}
