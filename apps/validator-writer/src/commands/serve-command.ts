import {
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";
import type { Command } from "commander";

import { createProgramLogger } from "../program-logger.ts";
import { listen } from "../serve/http-server.ts";
import { logReplayed } from "../log-replayed.ts";
import { publishOpenRequests } from "../serve/publish-open-requests.ts";
import { serverAccess, TOKEN_VARIABLE } from "../serve/server-access.ts";
import { StoreHealth } from "../serve/store-health.ts";
import { createWriterApp } from "../serve/writer-app.ts";
import { openDesk } from "../packing/open-desk.ts";
import { ByteBudget } from "../session/byte-budget.ts";
import { backlogDocument } from "../session/journal-replay.ts";
import { openSession } from "./open-session.ts";
import { wholeNumber } from "./whole-number.ts";
import { addWriterOptions, type WriterOptions } from "./writer-options.ts";

const MIB = 1024 * 1024;

interface ServeCommandOptions extends CommonOptions, WriterOptions {
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly maxReceivedBytes: number;
  readonly drainSeconds: number;
}

/** Adds `serve` to the program. */
export function addServeCommand(program: Command, context: ProgramContext): void {
  const command = program
    .command("serve")
    .description("take requests and answers over HTTP")
    .option("--host <host>", "the address to listen on", "127.0.0.1")
    .option(
      "--port <port>",
      "the port to listen on, 0 for any free one",
      wholeNumber(0, 65_535),
      8787,
    )
    .option(
      "--max-body-bytes <bytes>",
      "refuse larger answers, sent or unpacked",
      wholeNumber(1024, 1024 * MIB),
      64 * MIB,
    )
    .option(
      "--max-received-bytes <bytes>",
      "the bytes of all answers received at one time; callers over it come back later",
      wholeNumber(1024, 1024 * MIB),
      128 * MIB,
    )
    .option(
      "--drain-seconds <seconds>",
      "at the end, wait so long for calls under way",
      wholeNumber(0, 3600),
      30,
    )
    .addHelpText(
      "after",
      `\nWith a token in ${TOKEN_VARIABLE} every call has to bring it as a bearer token. Without\none only loopback addresses are allowed.`,
    );
  addWriterOptions(command).action(async () => {
    await runServe(command.optsWithGlobals(), context);
  });
}

async function runServe(options: ServeCommandOptions, context: ProgramContext): Promise<void> {
  const access = await serverAccess(options.host, context.env);
  const logger = createProgramLogger(context);
  await using opened = await openSession(storeUrlOf(options, context), context, options, {
    onReplayed: (outcome) => logReplayed(logger, outcome),
    onCatalogAway: (message) => logger.warn(`the catalog is away: ${message}`),
  });
  const { session, replay } = opened;
  await using desk = openDesk(opened.packingSettings, options.threads);
  await replay?.run(context.signal);
  const app = createWriterApp({
    session,
    desk,
    guard: access.guard,
    health: new StoreHealth(),
    budget: new ByteBudget(options.maxReceivedBytes),
    maxBodyBytes: options.maxBodyBytes,
    logger,
    replay,
    closing: context.signal,
  });
  const { address } = access;
  const server = await listen(app, { address, port: options.port, clock: context.clock });
  const url = `http://${address.includes(":") ? `[${address}]` : address}:${server.port}`;
  await (options.json === true
    ? writeJsonLine(context.stdout, { event: "listening", url })
    : writeText(context.stdout, `listening on ${url}\n`));
  logger.info({ url }, "listening");
  const replaying = replay?.keepRunning(context.clock, context.signal, (error) =>
    logger.error({ err: error }, "the journal could not be replayed"),
  );
  await aborted(context.signal);
  logger.info("shutting down");
  const drained = await server.close(options.drainSeconds * 1000);
  if (!drained) logger.warn("calls were still under way at the end of the drain time");
  await replaying;
  await publishOpenRequests(session, logger);
  const backlog = await replay?.look();
  if (backlog === undefined || backlog.requests === 0) logger.info("all requests are published");
  else logger.warn(backlogDocument(backlog), "requests wait in the journal");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
