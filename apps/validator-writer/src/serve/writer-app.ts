import { parseRequest, requestKey } from "@foretile/prediction-store";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";

import type { AnswerDesk } from "../packing/answer-desk.ts";
import { takeAnswer } from "../packing/take-answer.ts";
import type { ByteBudget } from "../session/byte-budget.ts";
import { publishedDocument, spilledDocument } from "../session/published-document.ts";
import { parseSmallJson } from "../session/parse-small-json.ts";
import { backlogDocument, type JournalReplay } from "../session/journal-replay.ts";
import type { WriterSession } from "../session/writer-session.ts";
import { WriterError } from "../writer-error.ts";
import { errorResponse } from "./error-response.ts";
import type { CallerGuard } from "./guard-callers.ts";
import { logPublished } from "./log-published.ts";
import { parseMediaType } from "./media-type.ts";
import { readAnswerBody } from "./read-answer-body.ts";
import { readBody } from "./read-body.ts";
import type { StoreHealth } from "./store-health.ts";

/** A request is some two hundred bytes. */
const MAX_REQUEST_BODY_BYTES = 16 * 1024;

export interface WriterAppOptions {
  readonly session: WriterSession;
  /** Where answers are judged and packed. Stays the caller's to dispose. */
  readonly desk: AnswerDesk;
  readonly guard: CallerGuard;
  readonly health: StoreHealth;
  /** Bounds the bytes of all bodies that are received or worked on. */
  readonly budget: ByteBudget;
  /** The most bytes of one answer, unpacked. */
  readonly maxBodyBytes: number;
  readonly logger: Logger;
  /** Missing without a journal. */
  readonly replay?: JournalReplay | undefined;
  /** Aborted when the writer stops taking calls. */
  readonly closing: AbortSignal;
}

type Env = { Bindings: HttpBindings };

/** The writer's HTTP interface; `docs/writing.md` describes every call. */
export function createWriterApp(options: WriterAppOptions): Hono<Env> {
  const { session, guard, health, replay, closing } = options;
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    await next();
    // A connection that was kept alive would hold up the end.
    if (closing.aborted) c.header("connection", "close");
  });

  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", (c) => {
    if (closing.aborted) return c.json({ status: "closing" }, 503);
    const { failure } = health;
    const journal = replay && { journal: backlogDocument(replay.backlog) };
    return failure === undefined
      ? c.json({ status: "ready", ...journal })
      : c.json({ status: "failing", message: failure, ...journal }, 503);
  });

  app.use(async (c, next) => {
    guard(c.env.incoming.headers);
    if (closing.aborted) throw new WriterError("shutting-down", "writer is shutting down");
    await next();
  });

  app.get("/v1/requests", (c) =>
    c.json({
      requests: session.openRequests().map(({ id, key, counts }) => ({ id, key, ...counts })),
    }),
  );

  app.post("/v1/requests", async (c) => {
    parseMediaType(c.req.header("content-type"), ["json"]);
    const { budget } = options;
    using body = await readBody(c.env.incoming, { maxBytes: MAX_REQUEST_BODY_BYTES, budget });
    const announced = parseRequest(parseSmallJson(body.bytes));
    const status = await session.open(announced);
    const { id, request } = announced;
    return c.json({ id, key: requestKey(request), status }, status === "opened" ? 201 : 200);
  });

  app.post("/v1/requests/:id/answers", async (c) => {
    const id = c.req.param("id");
    // Before the body is received, so that nobody sends megabytes for nothing.
    session.find(id);
    const mediaType = parseMediaType(c.req.header("content-type"), ["json", "msgpack"]);
    const { budget, maxBodyBytes } = options;
    using body = await readBody(c.env.incoming, { maxBytes: maxBodyBytes, budget });
    const open = session.find(id);
    const envelope = readAnswerBody(body.bytes, mediaType, open);
    const { packed } = await takeAnswer(options.desk, envelope, open);
    const answer = await packed;
    // It may have been published meanwhile.
    await session.find(id).accept(answer);
    health.succeeded();
    const { outcome } = answer;
    return outcome.status === "invalid"
      ? c.json({ status: "invalid", reason: outcome.reason, message: outcome.message }, 202)
      : c.json({ status: "valid" }, 202);
  });

  app.post("/v1/requests/:id/publish", async (c) => {
    const published = await session.publish(c.req.param("id"));
    health.succeeded();
    logPublished(options.logger, published);
    return published.result === undefined
      ? c.json({ ...spilledDocument(published), status: "spilled" }, 202)
      : c.json(publishedDocument(published));
  });

  app.delete("/v1/requests/:id", async (c) => {
    await session.abandon(c.req.param("id"));
    return c.body(null, 204);
  });

  app.notFound((c) => {
    return respondTo(c, new WriterError("not-found", "no such path and method"), options);
  });
  app.onError((error, c) => respondTo(c, error, options));
  return app;
}

function respondTo(c: Context<Env>, error: Error, options: WriterAppOptions): Response {
  const { status, headers, body, fault } = errorResponse(error);
  const { logger, health } = options;
  const call = { method: c.req.method, path: c.req.path, status, code: body.error.code };
  if (fault === "caller") {
    logger.info(call, `call refused: ${body.error.message}`);
  } else {
    if (fault === "store") health.failed(body.error.message);
    logger.error({ ...call, err: error }, "call failed");
  }
  return c.json(body, status as ContentfulStatusCode, headers);
}
