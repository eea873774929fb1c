import {
  createProgress,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import { openRequestTraces } from "@foretile/prediction-store/traces";
import type { Command } from "commander";

import { parseTime } from "../../arguments/parse-time.ts";
import { countOf } from "../../output/count-of.ts";
import { examples } from "../../output/examples.ts";
import { tellDamaged } from "../../output/tell-damaged.ts";

interface RebuildCommandOptions extends CommonOptions {
  readonly label?: string;
  readonly asset?: string;
  readonly from?: number;
  readonly to?: number;
  readonly full?: boolean;
}

/** `trace rebuild`: makes the series of scores and digests from what is stored. */
export function addTraceRebuildCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("rebuild")
    .description("trace the stored scores that are not traced yet, or not as they are now")
    .option("--label <label>", "only requests of this label")
    .option("--asset <asset>", "only requests of this asset")
    .option("--from <time>", "only requests from this start on (ISO 8601)", parseTime)
    .option("--to <time>", "only requests before this start", parseTime)
    .option("--full", "compare every point, also of requests whose scores are there")
    .action((_options: unknown, command: Command) =>
      runTraceRebuild(command.optsWithGlobals<RebuildCommandOptions>(), context),
    )
    .addHelpText(
      "after",
      examples([
        "--store lmdb:./forecasts trace rebuild",
        "--store lmdb:./forecasts trace rebuild --label low --from 2017-12-01 --full",
      ]),
    );
}

async function runTraceRebuild(
  options: RebuildCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  const { label, asset, from: fromUnixSeconds, to: toUnixSeconds, full } = options;
  await using opened = await openPredictions(storeUrlOf(options, context), "write", { signal });
  const traces = await openRequestTraces({ ...opened, signal });
  using progress = createProgress(stderr, { label: "rebuild", unit: "requests", clock });
  const filter = { label, asset, fromUnixSeconds, toUnixSeconds };
  const onDamaged = (error: Error, key: string | undefined): void => {
    progress.clear();
    tellDamaged(context, key ?? "what is stored", error);
  };
  let [requests, added, points] = [0, 0, 0];
  for await (const step of traces.rebuild(filter, { full, onDamaged, signal })) {
    requests += step.requests;
    added += step.added;
    points += step.points;
    progress.update(requests, step.key);
  }
  progress.clear();
  if (options.json === true) {
    await writeJsonLine(stdout, { requests, added, points });
    return;
  }
  const text = `${countOf(requests, "scored request")}, ${added} newly traced, ${countOf(points, "point")} changed\n`;
  await writeText(stdout, text);
}
