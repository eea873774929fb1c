import { parseArgs } from "node:util";
import { servicesDown } from "./services-down.mjs";
import { servicesStatus } from "./services-status.mjs";
import { servicesUp } from "./services-up.mjs";
import { services } from "./services.mjs";
import { StateFolder } from "./state-folder.mjs";

const commands = { up: servicesUp, down: servicesDown, status: servicesStatus };
const usage = `usage: services up|down|status [${services.map(({ name }) => name).join("] [")}] [--json]

  up      starts what does not run yet, waits until it answers, says where it is
  down    stops what was started here and removes what it kept
  status  asks each server whether it answers
  --json  prints how to reach each on stdout; everything else goes to stderr

Without names it does so with all. Exit code 0: done, or all asked for answer; 1: not so; 2: wrong use.
`;

/**
 * Runs one command on the servers of one folder.
 *
 * @param {readonly string[]} args
 * @param {string} folder
 * @returns {Promise<number>} the exit code
 */
export async function runCommandLine(args, folder) {
  const parsed = parse(args);
  if (parsed === null) {
    process.stderr.write(usage);
    return 2;
  }
  if (parsed.help) {
    process.stdout.write(usage);
    return 0;
  }
  const { command, wanted, json } = parsed;
  const print = (line) => (json ? process.stderr : process.stdout).write(`${line}\n`);
  const controller = new AbortController();
  const stop = (name) => controller.abort(new Error(`interrupted by ${name}`));
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  const state = new StateFolder(folder);
  try {
    const { ok, report } = await commands[command]({
      state,
      wanted,
      print,
      signal: controller.signal,
    });
    if (json) {
      process.stdout.write(`${JSON.stringify({ folder, services: report }, null, 2)}\n`);
    }
    return ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(`services ${command}: ${error.message}\n`);
    return 1;
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
  }
}

function parse(args) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) return { help: true };
    const [command, ...names] = positionals;
    if (!Object.hasOwn(commands, command ?? "")) return null;
    const known = new Set(services.map(({ name }) => name));
    if (!names.every((name) => known.has(name))) return null;
    const wanted = services.filter(({ name }) => names.length === 0 || names.includes(name));
    return { command, wanted, json: values.json };
  } catch {
    return null;
  }
}
