import {
  createProgress,
  EXIT,
  storeUrlOf,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { PackingSettings } from "@foretile/prediction-store";
import type { Command } from "commander";

import { createIngestReporter, summarySentence } from "../ingest/ingest-reporter.ts";
import { ingest } from "../ingest/ingest.ts";
import { ReplayReporter } from "../ingest/replay-reporter.ts";
import { openInput } from "../ingest/open-input.ts";
import { openDesk } from "../packing/open-desk.ts";
import { createProgramLogger } from "../program-logger.ts";
import { openSession } from "./open-session.ts";
import { wholeNumber } from "./whole-number.ts";
import { addWriterOptions, type WriterOptions } from "./writer-options.ts";

const MIB = 1024 * 1024;

/** An input that several answers of full size, or more of others, are in. */
const LONG_INPUT_BYTES = 16 * MIB;

interface IngestCommandOptions extends CommonOptions, WriterOptions {
  readonly maxLineBytes: number;
}

/** Adds `ingest [FILE|-]` to the program. */
export function addIngestCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command("ingest")
    .description("store requests and answers from lines of JSON; the end of the input publishes")
    .argument("[file]", "the file to read, - for standard input", "-")
    .option(
      "--max-line-bytes <bytes>",
      "skip longer lines",
      wholeNumber(1024, 1024 * MIB),
      64 * MIB,
    );
  addWriterOptions(command).action(async (file: string) => {
    await runIngest(file, command.optsWithGlobals(), context);
  });
}

async function runIngest(
  file: string,
  options: IngestCommandOptions,
  context: ProgramContext,
): Promise<void> {
  const input = await openInput(file, context);
  const logger = context.stderr.isTTY === true ? undefined : createProgramLogger(context);
  const json = options.json === true;
  const replayed = new ReplayReporter(context, { json, logger });
  const { promise: settings, resolve: haveSettings } = Promise.withResolvers<PackingSettings>();
  await using desk = openDesk(settings, options.threads);
  // Threads get ready while the store is opened.
  if ((input.totalBytes ?? 0) >= LONG_INPUT_BYTES) void desk.start();
  await using opened = await openSession(storeUrlOf(options, context), context, options, {
    onReplayed: (outcome) => replayed.add(outcome),
    onCatalogAway: (message) => replayed.catalogAway(message),
  });
  haveSettings(opened.packingSettings);
  await opened.replay?.run(context.signal);
  using progress = createProgress(context.stderr, {
    label: "ingest",
    unit: "bytes",
    total: input.totalBytes,
    clock: context.clock,
  });
  let readBytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of input.pieces) {
      readBytes += piece.length;
      yield piece;
    }
  };
  const summary = await ingest(counted(), opened.session, {
    maxLineBytes: options.maxLineBytes,
    desk,
    reporter: createIngestReporter(context, {
      json,
      progress,
      readBytes: () => readBytes,
      logger,
    }),
  });
  progress.clear();
  if (!json) await writeText(context.stdout, summarySentence(summary));
  logger?.info(summary, "input is at its end");
  const backlog = await opened.replay?.run(context.signal);
  if (backlog !== undefined) await replayed.report(backlog);
  const isIncomplete =
    summary.rejectedLines > 0 ||
    summary.refusedRequests > 0 ||
    replayed.setAside > 0 ||
    (backlog?.requests ?? 0) > 0;
  if (isIncomplete) context.exitCode = EXIT.incomplete;
}
