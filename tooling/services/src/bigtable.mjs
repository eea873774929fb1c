import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { askBigtable } from "./ask-bigtable.mjs";
import { buildGo, DEBIAN_GO_PATH } from "./build-go.mjs";
import { findProgram } from "./find-program.mjs";
import { waitUntilReady } from "./wait-until-ready.mjs";

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), "..", "bigtable-server", "main.go");
const DEBIAN_LIBRARY = join(DEBIAN_GO_PATH, "src/cloud.google.com/go/bigtable/bttest");

/** Google's in-memory Bigtable server: a stock `cbtemulator` when there is one, else built from Debian's Go library. */
export const bigtable = {
  name: "bigtable",
  packages: ["golang-go", "golang-google-cloud-dev"],
  advice: "or put a cbtemulator on the PATH",

  isInstalled() {
    if (findProgram("cbtemulator") !== null) return true;
    return findProgram("go") !== null && existsSync(DEBIAN_LIBRARY);
  },

  async start({ folder, launch, signal }) {
    const program = findProgram("cbtemulator") ?? (await build(folder, signal));
    const logPath = join(folder, "server.log");
    const server = await launch({ name: "bigtable", command: [program, "-port", "0"], logPath });
    const ask = async () => {
      // The server takes a free port itself and says which.
      const found = /running on \S+?:(\d+)\s/.exec(readFileSync(logPath, "utf8"));
      if (found === null) return undefined;
      const connection = connectionTo(Number(found[1]));
      await askBigtable(connection);
      return connection;
    };
    return waitUntilReady(ask, { server, logPath, timeoutMs: 30_000, signal });
  },

  ask: askBigtable,
};

function connectionTo(port) {
  const host = "127.0.0.1";
  return {
    host,
    port,
    url: `http://${host}:${port}`,
    // The emulator makes every project and instance up; these are for those who need a name.
    project: "foretile-test",
    instance: "local",
    environment: { BIGTABLE_EMULATOR_HOST: `${host}:${port}` },
  };
}

async function build(folder, signal) {
  const program = join(folder, "server");
  await buildGo(SOURCE, program, signal);
  return program;
}
