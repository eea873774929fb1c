import { formatTable, writeJsonLine, writeText, type ProgramContext } from "@foretile/app-kit";
import type { Command } from "commander";

import { examples } from "../../output/examples.ts";
import { printable } from "../../output/printable.ts";
import { addReadOptions, withTraces, type TraceReadOptions } from "./trace-options.ts";

interface ParamsOptions extends TraceReadOptions {
  readonly key?: string;
}

/** Values of one key are named up to so many characters; `--key` prints all. */
const VALUES_LENGTH = 60;

/** `trace params`: what can be asked for. */
export function addTraceParamsCommand(parent: Command, context: ProgramContext): void {
  addReadOptions(parent.command("params"))
    .description("tell the params of series: every key and its values")
    .option("--key <key>", "all values of this key, one a line")
    .action((conditions: readonly string[], _options: unknown, command: Command) =>
      runTraceParams(conditions, command.optsWithGlobals<ParamsOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace params",
        "--store lmdb:./forecasts trace params asset=BTC,label=low --key miner",
      ]),
    );
}

async function runTraceParams(
  conditions: readonly string[],
  options: ParamsOptions,
  context: ProgramContext,
): Promise<void> {
  const { stdout } = context;
  await withTraces(conditions, options, context, async ({ set, where, range, ...reading }) => {
    const call = { where, ...range, ...reading.options };
    const found = Object.entries(await set.store.paramSet(call));
    const series = await set.store.count(call);
    const params = found.filter(([key]) => options.key === undefined || key === options.key);
    if (options.json === true) {
      for (const [key, values] of params) {
        await writeJsonLine(stdout, { set: set.store.config.set, key, values });
      }
    } else if (options.key !== undefined) {
      const values = params.flatMap(([, all]) => all);
      await writeText(stdout, values.map((value) => `${printable(value)}\n`).join(""));
    } else {
      const rows = params.map(([key, values]) => [
        printable(key),
        values.length.toString(),
        shortened(values),
      ]);
      const count = `${series} series\n`;
      await writeText(stdout, rows.length === 0 ? count : `${count}${formatTable(columns, rows)}`);
    }
  });
}

const columns = [
  { title: "KEY" },
  { title: "COUNT", align: "right" },
  { title: "VALUES" },
] as const;

function shortened(values: readonly string[]): string {
  let text = "";
  for (const [index, value] of values.entries()) {
    const next = `${index === 0 ? "" : " "}${printable(value)}`;
    if (text.length + next.length > VALUES_LENGTH) return `${text} …`.trimStart();
    text += next;
  }
  return text;
}
