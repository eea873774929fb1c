import {
  createProgress,
  openPredictions,
  storeUrlOf,
  type CommonOptions,
  type Progress,
  type ProgramContext,
} from "@foretile/app-kit";
import { SCORE_TRACES } from "@foretile/prediction-store/traces";
import type { PositionRange, SetAsOf, TraceQuery, TraceStoreError } from "@foretile/trace-store";
import { Option, type Command } from "commander";

import { parseSetAsOf, SET_AS_OF_HELP } from "../../arguments/parse-set-as-of.ts";
import { parseTracePlace, type TracePlace } from "../../arguments/parse-trace-place.ts";
import { CONDITIONS_HELP, parseTraceQuery } from "../../arguments/parse-trace-query.ts";
import { tellDamaged } from "../../output/tell-damaged.ts";
import { openTraceSet, rangeOf, type TraceSet } from "../../trace/trace-set.ts";

/** Which set. */
export interface SetOptions extends CommonOptions {
  readonly set: string;
}

/** Which part of a set. */
export interface RangeOptions extends SetOptions {
  readonly from?: TracePlace;
  readonly to?: TracePlace;
}

/** What reading is told. */
export interface TraceReadOptions extends RangeOptions {
  readonly asOf?: SetAsOf;
}

/** Adds `--set`. */
export function addSetOption(command: Command, set: string = SCORE_TRACES): Command {
  return command.option("--set <set>", "the trace set: scores, digests, or one of your own", set);
}

/** Adds `--from` and `--to`. */
export function addRangeOptions(command: Command): Command {
  return command
    .option("--from <place>", "from this position on, or this time (ISO 8601)", parseTracePlace)
    .option("--to <place>", "before this position or time", parseTracePlace);
}

/** Adds the conditions and the options of {@link TraceReadOptions}. */
export function addReadOptions(command: Command, set?: string): Command {
  return addRangeOptions(addSetOption(command.argument("[conditions...]", CONDITIONS_HELP), set)) //
    .addOption(new Option("--as-of <state>", SET_AS_OF_HELP).argParser(parseSetAsOf));
}

/** What a command reads with. */
export interface TraceReading {
  readonly set: TraceSet;
  readonly where: TraceQuery;
  readonly range: Partial<PositionRange>;
  /** For every call of the store: which state, the signal, and what to do about damage. */
  readonly options: {
    readonly asOf: SetAsOf | undefined;
    readonly signal: AbortSignal;
    readonly onDamaged: (error: TraceStoreError) => void;
  };
  readonly progress: Progress;
}

/** Opens the store and the set for reading, does the work, and closes all of it. */
export async function withTraces(
  conditions: readonly string[],
  options: TraceReadOptions,
  context: ProgramContext,
  work: (reading: TraceReading) => Promise<void>,
): Promise<void> {
  const { signal, stderr, clock } = context;
  const where = parseTraceQuery(conditions);
  await using opened = await openPredictions(storeUrlOf(options, context), "read", { signal });
  const set = await openTraceSet(opened.library, options.set, signal);
  using progress = createProgress(stderr, { label: "traces", unit: "points", clock });
  const onDamaged = (error: TraceStoreError): void => {
    progress.clear();
    tellDamaged(context, "a tile of traces", error);
  };
  const range = rangeOf(set, options);
  const call = { asOf: options.asOf, signal, onDamaged };
  await work({ set, where, range, options: call, progress });
}
