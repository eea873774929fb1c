import { parseArgs } from "node:util";
import { subjects, subjectsNamed } from "./subjects.mjs";
import { workloads } from "./workloads.mjs";

const list = (items, text) => items.map(text).join("\n");

export const HELP = `Measures Foretile beside what one would use instead.

  npm run bench -- [options]

  --workload IDS      which, comma separated: W1, W2, W3, W4, W5 (default: all)
  --subject NAMES     which, comma separated, * at the end means all that begin so (default: all);
                      foretile is always measured
  --rounds N          rounds (default 3); in each, every subject has its turn in a process of its own
  --prices FILE       real prices, rows timestamp,price of minutes: paths are made of their moves
  --answers N         answers to the one large request (default 250)
  --requests N        how many smaller requests W3 and W5 go across (default 24)
  --answers-each N    answers to each of those (default 25)
  --simulations N     paths of an answer (default 1000)
  --steps N           points of a path (default 289)
  --results DIR       where latest.json and latest.svg go (default: bench-results of the checkout)
  --folder DIR        where data and stores go meanwhile, on the disk that is to be measured
                      (default: the folder of the results)
  --no-install        install nothing: subjects whose programs are missing are left out
  --json              print the results as JSON, and all else to stderr
  --list              print workloads and subjects
  --help              this

docs/benchmarks.md says how it is measured.`;

/** What `--list` prints. */
export function listing() {
  return `Workloads\n${list(workloads, ({ id, title }) => `  ${id.padEnd(10)}${title}`)}\n\nSubjects\n${list(
    subjects,
    ({ name, settings, licence }) => `  ${name.padEnd(24)}${settings} (${licence})`,
  )}`;
}

/** A wrong use of the program: its message is for the user. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} args
 */
export function parseCommandLine(args) {
  const { values } = parse(args);
  const text = (name, fallback) => values[name] ?? fallback;
  const names = text("subject", "*").split(",");
  return {
    help: values.help === true,
    list: values.list === true,
    json: values.json === true,
    install: values["no-install"] !== true,
    results: values.results,
    folder: values.folder,
    prices: values.prices,
    workloads: chosenWorkloads(text("workload", "W1,W2,W3,W4,W5").split(",")),
    subjects: usage(() => subjectsNamed(["foretile", ...names])),
    rounds: whole("rounds", text("rounds", "3")),
    answers: whole("answers", text("answers", "250")),
    requests: whole("requests", text("requests", "24")),
    answersEach: whole("answers-each", text("answers-each", "25")),
    shape: {
      simulations: whole("simulations", text("simulations", "1000")),
      steps: whole("steps", text("steps", "289"), 2),
    },
  };
}

function parse(args) {
  const text = { type: /** @type {const} */ ("string") };
  const flag = { type: /** @type {const} */ ("boolean") };
  const options = {
    workload: text,
    subject: text,
    rounds: text,
    prices: text,
    answers: text,
    requests: text,
    "answers-each": text,
    simulations: text,
    steps: text,
    results: text,
    folder: text,
    "no-install": flag,
    json: flag,
    list: flag,
    help: { ...flag, short: "h" },
  };
  // pnpm passes the -- on that divides its own options from ours.
  const own = args[0] === "--" ? args.slice(1) : args;
  return usage(() => parseArgs({ args: [...own], options }));
}

function chosenWorkloads(ids) {
  const chosen = ids.flatMap((id) => {
    const matches = workloads.filter(
      (each) =>
        each.id.toLowerCase() === id.toLowerCase() || each.id.startsWith(`${id.toUpperCase()} `),
    );
    if (matches.length === 0) throw new UsageError(`no such workload: ${id}; see --help`);
    return matches;
  });
  return workloads.filter((each) => chosen.includes(each));
}

function whole(name, text, least = 1) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`--${name} must be a whole number from ${least} on, not ${text}`);
  }
  return value;
}

function usage(work) {
  try {
    return work();
  } catch (error) {
    throw new UsageError(error.message, { cause: error });
  }
}
