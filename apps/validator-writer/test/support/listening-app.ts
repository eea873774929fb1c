import { systemClock } from "@foretile/resilience/system";
import { type Logger, pino } from "pino";

import type { AnswerDesk } from "../../src/packing/answer-desk.ts";
import { LocalDesk } from "../../src/packing/local-desk.ts";
import { guardAgainstWebPages } from "../../src/serve/guard-callers.ts";
import { listen } from "../../src/serve/http-server.ts";
import { StoreHealth } from "../../src/serve/store-health.ts";
import { createWriterApp } from "../../src/serve/writer-app.ts";
import { ByteBudget } from "../../src/session/byte-budget.ts";
import type { JournalReplay } from "../../src/session/journal-replay.ts";
import type { WriterSession } from "../../src/session/writer-session.ts";

/** The HTTP interface over a session that the test holds. */
export interface ListeningApp extends AsyncDisposable {
  call(
    method: string,
    path: string,
    document?: unknown,
  ): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }>;
}

export async function listenWith(
  session: WriterSession,
  options: {
    readonly closing?: AbortSignal;
    readonly logger?: Logger;
    readonly desk?: AnswerDesk;
    readonly replay?: JournalReplay;
  } = {},
): Promise<ListeningApp> {
  const { closing = new AbortController().signal, logger = pino({ level: "silent" }) } = options;
  const app = createWriterApp({
    session,
    desk: options.desk ?? new LocalDesk({ mode: "pack", usesCells: false }),
    guard: guardAgainstWebPages,
    health: new StoreHealth(),
    budget: new ByteBudget(1_000_000),
    maxBodyBytes: 100_000,
    logger,
    replay: options.replay,
    closing,
  });
  const server = await listen(app, { address: "127.0.0.1", port: 0, clock: systemClock });
  return {
    call: async (method, path, document) => {
      const json = {
        body: JSON.stringify(document),
        headers: { "content-type": "application/json" },
      };
      const init = document === undefined ? { method } : { method, ...json };
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init);
      const body = (await response.json()) as unknown;
      return { status: response.status, headers: response.headers, body };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close(0);
    },
  };
}
