import { isKeyspaceError, startTimeToUnixSeconds } from "@foretile/keyspace";

import { PredictionStoreError } from "../prediction-store-error.ts";
import {
  checkForecastRequest,
  type ForecastRequest,
  MAX_SIMULATIONS,
  MAX_UNIX_SECONDS,
} from "./forecast-request.ts";
import { ObjectFields } from "./object-fields.ts";

/** Longest id and start time of a request on the wire, in characters. */
const MAX_REQUEST_TEXT_LENGTH = 128;

/** A request as a validator announces it. */
export interface AnnouncedRequest {
  /** The validator's own name for it, used by the answers that follow. Says nothing in the store. */
  readonly id: string;
  readonly request: ForecastRequest;
}

/**
 * Reads a request from its wire form, a parsed document:
 *
 * ```json
 * {"id":"r1","label":"low","asset":"BTC","start_time":"2017-12-05T12:00:00+00:00",
 *  "time_increment":300,"time_length":86400,"num_simulations":1000}
 * ```
 *
 * Every member is required, no other is accepted, and the sizes are bounded, so that no request can ask for much memory.
 * A start time without a zone is UTC; a fraction of a second is cut off.
 *
 * @throws {PredictionStoreError} `invalid-request` for the first fault found
 */
export function parseRequest(value: unknown): AnnouncedRequest {
  const fields = new ObjectFields(value, "request", invalid);
  const id = shortText(fields, "id");
  const request: ForecastRequest = {
    label: fields.text("label"),
    asset: fields.text("asset"),
    startUnixSeconds: unixSeconds(shortText(fields, "start_time")),
    timeIncrementSeconds: fields.whole("time_increment", 1, MAX_UNIX_SECONDS),
    timeLengthSeconds: fields.whole("time_length", 1, MAX_UNIX_SECONDS),
    simulations: fields.whole("num_simulations", 1, MAX_SIMULATIONS),
  };
  fields.refuseOthers();
  checkForecastRequest(request);
  return { id, request };
}

function shortText(fields: ObjectFields, name: string): string {
  const text = fields.text(name);
  if (text === "" || text.length > MAX_REQUEST_TEXT_LENGTH) {
    throw invalid(
      `${name} must have 1 to ${MAX_REQUEST_TEXT_LENGTH} characters length=${text.length}`,
    );
  }
  return text;
}

function unixSeconds(startTime: string): number {
  try {
    return startTimeToUnixSeconds(startTime);
  } catch (cause) {
    if (!isKeyspaceError(cause)) throw cause;
    throw new PredictionStoreError(
      "invalid-request",
      `start_time must be an ISO 8601 time from 1970 on start_time=${JSON.stringify(startTime)}`,
      { cause },
    );
  }
}

function invalid(message: string): PredictionStoreError {
  return new PredictionStoreError("invalid-request", message);
}
