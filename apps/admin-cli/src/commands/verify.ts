import {
  createProgress,
  EXIT,
  formatBytes,
  formatCount,
  formatDuration,
  openPredictions,
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { DamagedEvent, VerifyEvent } from "@foretile/prediction-store";
import type { Command } from "commander";

import { damageDocument, damageText } from "../output/damage.ts";
import { examples } from "../output/examples.ts";

interface VerifyTotals {
  symbols: number;
  versions: number;
  segments: number;
  bytes: number;
  damaged: number;
}

/** `verify`: reads everything and compares it with every hash. */
export function addVerifyCommand(parent: Command, context: ProgramContext): void {
  parent
    .command("verify")
    .description("read everything and compare it with every hash; list what is damaged")
    .action((_options: unknown, command: Command) =>
      runVerify(command.optsWithGlobals<CommonOptions>(), context),
    )
    .addHelpText(
      "after",
      [
        `\nExits with ${EXIT.damaged} when something is damaged. Nothing is changed; writers may go on meanwhile.`,
        examples(["--store lmdb:./forecasts verify", "--store lmdb:./forecasts verify --json"]),
      ].join("\n"),
    );
}

async function runVerify(options: CommonOptions, context: ProgramContext): Promise<void> {
  const { signal, stdout, stderr, clock } = context;
  const json = options.json === true;
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const startMs = clock.monotonicMs();
  const totals: VerifyTotals = { symbols: 0, versions: 0, segments: 0, bytes: 0, damaged: 0 };
  using progress = createProgress(stderr, { label: "verify", unit: "bytes", clock });
  for await (const event of opened.predictions.verify({ signal })) {
    count(totals, event);
    if (event.type === "checked") {
      progress.update(totals.bytes, `${event.symbol}${damagedSoFar(totals)}`);
    } else {
      progress.clear();
      await tellDamage(event, json, context);
    }
  }
  progress.clear();
  if (totals.damaged > 0) context.exitCode = EXIT.damaged;
  const durationMs = clock.monotonicMs() - startMs;
  if (json) await writeJsonLine(stdout, summaryDocument(totals, durationMs));
  else await writeText(stdout, summaryText(totals, durationMs));
}

function count(totals: VerifyTotals, event: VerifyEvent): void {
  if (event.type === "damaged") {
    totals.damaged += 1;
    return;
  }
  totals.symbols += 1;
  totals.versions += event.versions;
  totals.segments += event.segments;
  totals.bytes += event.bytes;
}

function damagedSoFar({ damaged }: VerifyTotals): string {
  return damaged === 0 ? "" : `, ${formatCount(damaged)} damaged`;
}

async function tellDamage(
  event: DamagedEvent,
  json: boolean,
  { stdout }: ProgramContext,
): Promise<void> {
  if (json) await writeJsonLine(stdout, damageDocument(event));
  else await writeText(stdout, `${damageText(event, stdout)}\n`);
}

function summaryDocument(totals: VerifyTotals, durationMs: number): Record<string, unknown> {
  return {
    type: "summary",
    ok: totals.damaged === 0,
    ...totals,
    duration_ms: Math.round(durationMs),
  };
}

function summaryText(totals: VerifyTotals, durationMs: number): string {
  const { symbols, versions, segments, bytes, damaged } = totals;
  const what = [
    `${formatCount(symbols)} symbols`,
    `${formatCount(versions)} versions`,
    `${formatCount(segments)} segments`,
    formatBytes(bytes),
  ].join(", ");
  const verdict =
    damaged === 0 ? "no damage found" : `${formatCount(damaged)} damaged, listed above`;
  return `checked ${what} in ${formatDuration(durationMs)}: ${verdict}\n`;
}
