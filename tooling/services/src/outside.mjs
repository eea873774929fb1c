import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGo, DEBIAN_GO_PATH } from "./build-go.mjs";
import { findProgram } from "./find-program.mjs";
import { runCommand } from "./run-command.mjs";

const REFERENCE = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "reference");
const DEBIAN_PYTHON = "/usr/bin/python3";
const DEBIAN_NUMPY = "/usr/lib/python3/dist-packages/numpy";
const DEBIAN_CLIENT = join(DEBIAN_GO_PATH, "src/cloud.google.com/go/bigtable/bigtable.go");

/**
 * Programs that share no code with ours, to read what we wrote and to write what we read: Google's own Bigtable client,
 * and numpy. No server, but as much a part of the machine as one.
 */
export const outside = {
  name: "outside",
  packages: ["golang-go", "golang-google-cloud-dev", "python3", "python3-numpy"],
  advice: "there is no other way yet",

  isInstalled() {
    return (
      findProgram("go") !== null &&
      [DEBIAN_CLIENT, DEBIAN_PYTHON, DEBIAN_NUMPY].every((path) => existsSync(path))
    );
  },

  async start({ folder, signal }) {
    const rows = join(folder, "upstream_rows");
    await buildGo(join(REFERENCE, "upstream_rows", "main.go"), rows, signal);
    const connection = {
      rows,
      python: DEBIAN_PYTHON,
      predictionRow: join(REFERENCE, "prediction_row.py"),
    };
    await this.ask(connection);
    return connection;
  },

  async ask({ rows, python }) {
    if (!existsSync(rows)) throw new Error(`its program is gone path=${rows}`);
    await runCommand([python, "-c", "import numpy"], { timeoutMs: 60_000 });
  },
};
