import {
  planProvision,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
  type WantedTables,
} from "@foretile/app-kit";
import type { ProvisionStep } from "@foretile/storage";
import type { Command } from "commander";

import { parseWantedTable } from "../arguments/parse-wanted-table.ts";
import { countOf } from "../output/count-of.ts";
import { examples } from "../output/examples.ts";

interface ProvisionCommandOptions extends CommonOptions {
  readonly table?: WantedTables;
  readonly apply?: boolean;
}

/** `provision`: makes what a place needs before a store can be there. */
export function addProvisionCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("provision")
    .description("tell what the place of a store lacks: folders, tables, rules; or make it")
    .option(
      "--table <name=age>",
      "also a table of predictions, whose cells go at that age; may be given several times",
      parseWantedTable,
    )
    .option("--apply", "do it; without this nothing is changed, only told")
    .action((_options: unknown, command: Command) =>
      runProvision(command.optsWithGlobals<ProvisionCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        "\nNothing that is there beside is changed or removed. Applied twice, it finds nothing to do. Afterwards: init.",
        examples([
          "--store bigtable://project/instance/forecasts provision",
          "--store bigtable://project/instance/forecasts provision --table low=14d --table high=4d --apply",
          "--store lmdb:./forecasts provision --json",
        ]),
      ].join("\n"),
    );
}

async function runProvision(
  options: ProvisionCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout } = context;
  const json = options.json === true;
  const apply = options.apply === true;
  const url = storeUrlOf(options, context);
  const steps = await planProvision(url, { tables: options.table, signal });
  for (const step of steps) {
    // Before it is done, so that a step that fails is known.
    if (!json) await writeText(stdout, stepText(step));
    if (apply) await step.apply({ signal });
    if (json) await writeJsonLine(stdout, stepDocument(step, apply));
  }
  if (json) {
    await writeJsonLine(stdout, { type: "summary", dry_run: !apply, steps: steps.length });
    return;
  }
  await writeText(stdout, closingText(steps.length, apply));
}

function stepText({ action, what, current, wanted, loses }: ProvisionStep): string {
  const change = current === undefined ? wanted : `${current} → ${wanted}`;
  const loss = loses === undefined ? "" : `  loses ${loses}\n`;
  return `${action} ${what}: ${change}\n${loss}`;
}

function stepDocument(
  { action, what, current, wanted, loses }: ProvisionStep,
  done: boolean,
): Record<string, unknown> {
  return { type: "step", action, what, current, wanted, loses, done };
}

function closingText(steps: number, apply: boolean): string {
  if (steps === 0) return "all is there: nothing to do\n";
  return apply
    ? `${countOf(steps, "step")} done\n`
    : `${countOf(steps, "step")} to do; nothing was changed; add --apply to do it\n`;
}
