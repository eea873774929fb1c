import { spawn } from "node:child_process";
import { join } from "node:path";

/**
 * Starts the real servers that the tests need, while other things go on. Those that ran before stay when this stops.
 *
 * @param {string} root the checkout
 * @param {readonly string[]} args those of vitest: no server is needed where they leave out the tests that use one
 * @param {AbortSignal} signal
 * @returns {{ ready: () => Promise<void>, stop: () => Promise<void> } | null}
 */
export function startTestServers(root, args, signal) {
  if (!needsServers(args)) return null;
  const services = (command, ...rest) =>
    runServices([join(root, "tooling/services/src/main.mjs"), command, ...rest, "--json"], signal);
  const start = services("up");
  return {
    async ready() {
      const { messages } = await start;
      process.stderr.write(messages);
    },
    async stop() {
      const { report } = await start;
      const ours = Object.keys(report).filter((name) => report[name].started);
      if (ours.length === 0) return;
      const { code, messages } = await services("down", ...ours);
      if (code !== 0) process.stderr.write(messages);
    },
  };
}

function needsServers(args) {
  const named = args.flatMap((arg, index) => {
    if (arg.startsWith("--project=")) return [arg.slice("--project=".length)];
    return arg === "--project" ? [args[index + 1]] : [];
  });
  return named.length === 0 || named.includes("services");
}

/** Resolves with the exit code, the report that was printed, and what was said beside it. */
function runServices(command, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let messages = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (messages += text));
    const interrupt = () => child.kill(signal.reason);
    if (command[1] === "up") signal.addEventListener("abort", interrupt);
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", interrupt);
      resolve({ code, messages, report: output === "" ? {} : JSON.parse(output).services });
    });
  });
}
