import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Service } from "../src/services.mjs";
import { waitUntilReady } from "../src/wait-until-ready.mjs";

// Writes its port into the log, answers every request with 200.
const SERVER = `
  const server = require("node:http").createServer((_, response) => response.end());
  server.listen(0, "127.0.0.1", () => console.log("port " + server.address().port));
`;

async function ask({ host, port }: { host: string; port: number }): Promise<void> {
  const response = await fetch(`http://${host}:${port}`);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
}

/** A service of one small web server, to try how servers are started and stopped; `program` replaces the server. */
export function webService(overrides: Partial<Service> & { program?: string } = {}): Service {
  const { program = SERVER, ...rest } = overrides;
  return {
    name: "web",
    packages: ["no-such-package"],
    advice: "or make one",
    isInstalled: () => true,
    async start({ folder, launch, signal }) {
      const logPath = join(folder, "log");
      const command = [process.execPath, "-e", program] as const;
      const server = await launch({ name: "web", command, logPath });
      const ready = async () => {
        const found = /port (\d+)/.exec(readFileSync(logPath, "utf8"));
        if (found === null) return undefined;
        const connection = { host: "127.0.0.1", port: Number(found[1]) };
        await ask(connection);
        return connection;
      };
      return waitUntilReady(ready, { server, logPath, timeoutMs: 60_000, signal });
    },
    ask,
    ...rest,
  };
}
