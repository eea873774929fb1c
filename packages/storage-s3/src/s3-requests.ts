import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";

import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { createLimiter, type Clock } from "@foretile/resilience";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import type { CheckedPlace, S3Place } from "./s3-place.ts";
import { httpDateMs } from "./http-date.ts";
import { translateFailure, type RequestEffect } from "./s3-failure.ts";
import { createThrottleControl } from "./throttle-control.ts";

/** A connection that is not there after this long will not come. */
const CONNECTION_TIMEOUT_MS = 5_000;
/** A socket on which nothing moves for this long is dead; the deadline of the call is another matter. */
const IDLE_TIMEOUT_MS = 30_000;

/** One request, when its answer has come or failed to come. The body of a GET may still be on its way. */
export interface S3RequestEvent {
  /** As S3 names it, such as `PutObject`. */
  readonly operation: string;
  /** HTTP status, `undefined` when no answer came. */
  readonly status: number | undefined;
  readonly durationMs: number;
}

/** What may be handed to the client with each request. */
interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

/**
 * The requests of one store: at most as many at once as is allowed and the server takes, counted, never repeated, their
 * failures translated.
 */
export interface S3Requests {
  /**
   * Runs one request, and whatever `send` does with its body, when a socket is free for it.
   *
   * @param what names the request in errors
   * @throws {StorageError}
   */
  run<T>(
    effect: RequestEffect,
    what: string,
    signal: AbortSignal | undefined,
    send: (client: S3Client, options: SendOptions) => Promise<T>,
  ): Promise<T>;
  /** The server's clock as of its last answer, in milliseconds since 1970; `undefined` before the first one. */
  serverNowMs(): number | undefined;
  close(): void;
}

export function createS3Requests(place: S3Place, checked: CheckedPlace, clock: Clock): S3Requests {
  const { profile, maxConnections } = checked;
  const limiter = createLimiter({ capacity: maxConnections });
  const throttle = createThrottleControl({
    most: maxConnections,
    onLimit: (limit) => limiter.resize(limit),
  });
  // As many sockets as requests may run, so that nothing ever waits inside the agent, where no deadline covers it.
  const pool = { keepAlive: true, maxSockets: maxConnections };
  const client = new S3Client({
    ...clientConfig(place),
    forcePathStyle: profile.pathStyle,
    requestChecksumCalculation: profile.sdkChecksums,
    responseChecksumValidation: "WHEN_REQUIRED",
    // Only the layers above retry: a conditional write that is repeated meets its own first try.
    maxAttempts: 1,
    // With the header the SDK opens a connection of its own for each large object, outside of the pool.
    expectContinueHeader: false,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: new Agent(pool),
      httpsAgent: new SecureAgent(pool),
    }),
  });
  let serverMs: number | undefined;

  client.middlewareStack.add(
    (next, { commandName = "unknown" }) =>
      async (args) => {
        const startedMs = clock.monotonicMs();
        const answered = throttle.sent();
        const tell = (status: number | undefined): void => {
          answered(status);
          const operation = commandName.replace(/Command$/, "");
          place.observe?.({ operation, status, durationMs: clock.monotonicMs() - startedMs });
        };
        try {
          const result = await next(args);
          const { statusCode, date } = answerOf(result.response);
          if (date !== undefined) serverMs = date;
          tell(statusCode);
          return result;
        } catch (error) {
          tell(
            answerOf(error instanceof Error && "$response" in error ? error.$response : undefined)
              .statusCode,
          );
          throw error;
        }
      },
    // Innermost, around the request itself.
    { step: "deserialize", name: "foretileObserver", priority: "low" },
  );

  return {
    run: async (effect, what, signal, send) => {
      try {
        const options = signal === undefined ? {} : { abortSignal: signal };
        return await limiter.run(() => send(client, options), { signal });
      } catch (error) {
        throw translateFailure(error, effect, what, signal);
      }
    },
    serverNowMs: () => serverMs,
    close: () => client.destroy(),
  };
}

function clientConfig({ endpoint, region, credentials }: S3Place): S3ClientConfig {
  const where = region ?? (endpoint === undefined ? undefined : "us-east-1");
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(where === undefined ? {} : { region: where }),
    ...(credentials === undefined
      ? {}
      : { credentials: credentials as NonNullable<S3ClientConfig["credentials"]> }),
  };
}

interface Answer {
  readonly statusCode?: number | undefined;
  /** Milliseconds since 1970, whole seconds. */
  readonly date?: number | undefined;
}

function answerOf(response: unknown): Answer {
  if (typeof response !== "object" || response === null) return {};
  const statusCode =
    "statusCode" in response && typeof response.statusCode === "number"
      ? response.statusCode
      : undefined;
  const headers = "headers" in response ? response.headers : undefined;
  const text =
    typeof headers === "object" && headers !== null && "date" in headers ? headers.date : undefined;
  return { statusCode, date: typeof text === "string" ? httpDateMs(text) : undefined };
}
