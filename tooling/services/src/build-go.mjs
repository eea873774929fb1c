import { homedir } from "node:os";
import { join } from "node:path";
import { requireProgram } from "./find-program.mjs";
import { runCommand } from "./run-command.mjs";

export const DEBIAN_GO_PATH = "/usr/share/gocode";

/** Builds a Go program with the libraries that Debian packages, and no others. */
export async function buildGo(source, program, signal) {
  const cache =
    process.env.GOCACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "go-build");
  const env = {
    ...process.env,
    GOPATH: DEBIAN_GO_PATH,
    GO111MODULE: "off",
    GOFLAGS: "",
    GOTOOLCHAIN: "local",
    GOCACHE: cache,
  };
  const command = [requireProgram("go"), "build", "-o", program, source];
  await runCommand(command, { env, signal, timeoutMs: 600_000 });
}
