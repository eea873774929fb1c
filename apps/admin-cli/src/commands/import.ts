import {
  AppError,
  createProgress,
  EXIT,
  formatCount,
  formatTable,
  openPredictions,
  openStore,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ExitCode,
  type ProgramContext,
} from "@foretile/app-kit";
import { openValidatorDatabase } from "@foretile/catalog/postgres";
import { importValidator, type ImportProblem, type ImportReport } from "@foretile/importer";
import type { Command } from "commander";

import { parseDuration } from "../arguments/parse-duration.ts";
import { wholeFrom } from "../arguments/parse-whole.ts";
import { examples } from "../output/examples.ts";
import { MAX_FINDINGS } from "../output/finding.ts";
import { printable } from "../output/printable.ts";

interface ImportCommandOptions extends CommonOptions {
  readonly from?: string;
  readonly schema?: string;
  readonly rows?: string;
  readonly name: string;
  readonly restart?: boolean;
  readonly requestsAtOnce?: number;
  readonly statementTimeout?: number;
}

/** The variable that may hold a password, too. */
const DATABASE_VARIABLE = "FORETILE_VALIDATOR_DATABASE";

/** `import`: what a validator has in its own database. */
export function addImportCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("import")
    .description("take over requests and answers from the database of a validator")
    .option("--from <url>", `postgresql://USER@HOST:PORT/DATABASE (default: $${DATABASE_VARIABLE})`)
    .option("--schema <name>", "the schema of its tables (default: public)")
    .option("--rows <url>", "the store with its tables of tiles in Bigtable, named like the labels")
    .option("--name <name>", "names the import, so that it can go on", "validator")
    .option("--restart", "begin again; what is published already stays")
    .option("--requests-at-once <number>", "1 to 16 (default: 2)", wholeFrom(1))
    .option("--statement-timeout <duration>", "for one statement (default: 60s)", parseDuration)
    .action((_options: unknown, command: Command) =>
      runImport(command.optsWithGlobals<ImportCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        `\nThe database is only read. Give the password in PGPASSWORD, ~/.pgpass or ${DATABASE_VARIABLE}. Broken off`,
        `anywhere, run it again: it goes on. Exits with ${EXIT.incomplete} when something was refused or is lost,`,
        `with ${EXIT.damaged} when something was published otherwise than it was read, or has another score.`,
        examples([
          "--store lmdb:./forecasts import --from postgresql://foretile@localhost:5432/synth",
          "--store lmdb:./forecasts import --from postgresql://foretile@db/synth --rows bigtable://project/instance/miner_predictions",
        ]),
      ].join("\n"),
    );
}

async function runImport(options: ImportCommandOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  const { schema, name, restart, requestsAtOnce, statementTimeout: statementTimeoutMs } = options;
  const url = storeUrlOf(options, context);
  const connectionString = connectionOf(options, context);
  await using database = openValidatorDatabase({ connectionString, schema, statementTimeoutMs });
  await using rows =
    options.rows === undefined
      ? undefined
      : await openStore(options.rows, "read", { use: "rows", signal });
  await using target = await openPredictions(url, "write", { signal });
  const problems: ImportProblem[] = [];
  using progress = createProgress(stderr, { label: "import", unit: "requests", clock });
  const report = await importValidator(database, target, {
    name,
    restart,
    requestsAtOnce,
    rowsOf: rows && ((label) => rows.table(label)),
    onProblem: (problem) => {
      raiseExitCode(context, exitCodes[problem.kind]);
      if (problems.length < MAX_FINDINGS) problems.push(problem);
    },
    onProgress: ({ requests, totalRequests, answers }) =>
      progress.update(
        requests,
        `of ${formatCount(totalRequests)}, ${formatCount(answers)} answers`,
      ),
    signal,
  });
  progress.clear();
  if (!report.isComplete) raiseExitCode(context, EXIT.incomplete);
  for (const problem of problems) {
    if (options.json === true) await writeJsonLine(stdout, problemDocument(problem));
    else await writeText(stdout, problemText(problem));
  }
  if (options.json === true) await writeJsonLine(stdout, reportDocument(report));
  else await writeText(stdout, reportText(report));
}

const exitCodes: Readonly<Record<ImportProblem["kind"], ExitCode>> = {
  refused: EXIT.incomplete,
  lost: EXIT.incomplete,
  different: EXIT.damaged,
  "scored-otherwise": EXIT.damaged,
};

/** Damage weighs more than what is missing. */
function raiseExitCode(context: ProgramContext, exitCode: ExitCode): void {
  if (context.exitCode !== EXIT.damaged) context.exitCode = exitCode;
}

/** A password on a command line is seen by everybody on the machine. */
function connectionOf({ from }: ImportCommandOptions, { env }: ProgramContext): string {
  const given = from ?? env[DATABASE_VARIABLE];
  if (given === undefined || given === "") {
    throw new AppError("usage", "no database given", {
      hint: `pass --from postgresql://USER@HOST:PORT/DATABASE or set ${DATABASE_VARIABLE}`,
    });
  }
  const url = URL.parse(given);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    throw new AppError("usage", "the database is not named by a URL", {
      hint: "write postgresql://USER@HOST:PORT/DATABASE",
    });
  }
  if (from !== undefined && url.password !== "") {
    throw new AppError("usage", "--from must not hold a password", {
      hint: `give it in PGPASSWORD, ~/.pgpass or ${DATABASE_VARIABLE}`,
    });
  }
  return given;
}

function problemText({ kind, requestId, answerId, minerId, message }: ImportProblem): string {
  const place = Object.entries({ request: requestId, answer: answerId, miner_id: minerId })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  return `${[kind, ...place].join(" ")}: ${printable(message)}\n`;
}

function problemDocument(problem: ImportProblem): Record<string, unknown> {
  const { kind, requestId, answerId, minerId, message } = problem;
  return {
    type: "problem",
    kind,
    request: requestId,
    answer: answerId,
    miner_id: minerId,
    message,
  };
}

function reportText(report: ImportReport): string {
  const { totals, problems, verified, rescored, ranked, isComplete } = report;
  const rows = Object.entries(totals).map(([what, count]) => [what, formatCount(count)]);
  const table = formatTable([{ title: "ROWS" }, { title: "", align: "right" }], rows);
  const verdict = isComplete
    ? "as many requests and answers as the database has"
    : "not as many requests and answers as the database has: run it again, or with --restart";
  const checks = [
    `${formatCount(verified)} answers read back and the same`,
    `${formatCount(rescored)} tiles scored as the validator did`,
    `${formatCount(ranked)} answers ranked as it did`,
    `${formatCount(problems)} problems`,
  ];
  return `${table}${checks.join(", ")}\n${verdict}\n`;
}

function reportDocument(report: ImportReport): Record<string, unknown> {
  const { totals, problems, verified, rescored, ranked, isComplete, lastRequestId } = report;
  return {
    type: "summary",
    ...totals,
    problems,
    verified,
    rescored,
    ranked,
    complete: isComplete,
    last_request: lastRequestId,
  };
}
