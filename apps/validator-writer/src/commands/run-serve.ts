import {
  storeUrlOf,
  writeJsonLine,
  writeText,
  type CommonOptions,
  type ProgramContext,
} from "@foretile/app-kit";

import { createProgramLogger } from "../program-logger.ts";
import { listen } from "../serve/http-server.ts";
import { logReplayed } from "../log-replayed.ts";
import { publishOpenRequests } from "../serve/publish-open-requests.ts";
import { serverAccess } from "../serve/server-access.ts";
import { StoreHealth } from "../serve/store-health.ts";
import { createWriterApp } from "../serve/writer-app.ts";
import { openDesk } from "../packing/open-desk.ts";
import { ByteBudget } from "../session/byte-budget.ts";
import { backlogDocument } from "../session/journal-replay.ts";
import { openSession } from "./open-session.ts";
import type { WriterOptions } from "./writer-options.ts";

/** The options of the command `serve`. */
export interface ServeCommandOptions extends CommonOptions, WriterOptions {
  readonly host: string;
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly maxReceivedBytes: number;
  readonly drainSeconds: number;
}

/** Takes requests and answers over HTTP until the program is interrupted, and publishes what is open then. */
export async function runServe(
  options: ServeCommandOptions,
  context: ProgramContext,
): Promise<void> {
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
