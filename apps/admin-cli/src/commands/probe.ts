import { styleText } from "node:util";

import {
  EXIT,
  formatTable,
  probePlace,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type OutputStream,
  type ProgramContext,
  type WantedTables,
} from "@foretile/app-kit";
import type { ProbeFinding } from "@foretile/storage";
import type { Command } from "commander";

import { parseWantedTable } from "../arguments/parse-wanted-table.ts";
import { countOf } from "../output/count-of.ts";
import { examples } from "../output/examples.ts";
import { printable } from "../output/printable.ts";

interface ProbeCommandOptions extends CommonOptions {
  readonly table?: WantedTables;
  readonly readOnly?: boolean;
}

/** `probe`: tries what a store needs of its place. */
export function addProbeCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("probe")
    .description("try what the store needs of its place: reach, rights, rules, room")
    .option("--read-only", "only what reading needs")
    .option(
      "--table <name=age>",
      "also this table of predictions and its rule; may be given several times",
      parseWantedTable,
    )
    .action((_options: unknown, command: Command) =>
      runProbe(command.optsWithGlobals<ProbeCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        `\nExits with ${EXIT.store} when something is not as it should be. What is tried leaves nothing changed.`,
        examples([
          "--store lmdb:./forecasts probe",
          "--store bigtable://project/instance/forecasts probe --read-only --json",
        ]),
      ].join("\n"),
    );
}

async function runProbe(options: ProbeCommandOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout } = context;
  const url = storeUrlOf(options, context);
  const mode = options.readOnly === true ? "read" : "write";
  const findings = await probePlace(url, { mode, tables: options.table, signal });
  const faults = findings.filter(({ ok }) => !ok);
  if (faults.length > 0) context.exitCode = EXIT.store;
  if (options.json === true) {
    for (const { what, found, ok, remedy } of findings) {
      await writeJsonLine(stdout, { type: "finding", what, found, ok, remedy });
    }
    const ok = faults.length === 0;
    await writeJsonLine(stdout, {
      type: "summary",
      ok,
      findings: findings.length,
      faults: faults.length,
    });
    return;
  }
  await writeText(
    stdout,
    formatTable(
      columns,
      findings.map((finding) => row(finding, stdout)),
    ),
  );
  for (const { what, remedy } of faults) {
    await writeText(stdout, `${printable(what)}: ${printable(remedy ?? "")}\n`);
  }
  const verdict = faults.length === 0 ? "all is well" : countOf(faults.length, "fault");
  await writeText(stdout, `${verdict}\n`);
}

const columns = [{ title: "" }, { title: "WHAT" }, { title: "FOUND" }] as const;

function row({ what, found, ok }: ProbeFinding, stdout: OutputStream): string[] {
  const word = ok ? "ok" : styleText("red", "NO", { stream: stdout });
  return [word, printable(what), printable(found)];
}
