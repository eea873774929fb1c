import { escapeKeyPart, isKeyspaceError, unescapeKeyPart } from "@foretile/keyspace";

import { PredictionStoreError } from "../prediction-store-error.ts";
import { type ForecastRequest, MAX_UNIX_SECONDS } from "./forecast-request.ts";

/** What names a request: no two requests of one store share all three. */
export type RequestAddress = Pick<ForecastRequest, "label" | "asset" | "startUnixSeconds">;

const pattern = /^([^/#]+)\/([^/#]+)#(0|[1-9][0-9]*)$/;

/**
 * `{label}/{asset}#{unix}`: `low/BTC#1512475200`. Label and asset are escaped as parts of a key, so that the two
 * separators stand alone and every request has one key. Keys of one label and asset are in order of time for start times
 * of ten digits (2001 to 2286).
 */
export function requestKey({ label, asset, startUnixSeconds }: RequestAddress): string {
  return `${escapeKeyPart(label)}/${escapeKeyPart(asset)}#${startUnixSeconds}`;
}

/**
 * The address that {@link requestKey} wrote as `key`.
 *
 * @throws {PredictionStoreError} `invalid-request` for any other text
 */
export function parseRequestKey(key: string): RequestAddress {
  const [, label, asset, seconds] = pattern.exec(key) ?? [];
  const startUnixSeconds = Number(seconds);
  if (label === undefined || asset === undefined || !(startUnixSeconds <= MAX_UNIX_SECONDS)) {
    throw malformed(key);
  }
  try {
    return { label: unescapeKeyPart(label), asset: unescapeKeyPart(asset), startUnixSeconds };
  } catch (cause) {
    if (isKeyspaceError(cause)) throw malformed(key, cause);
    throw cause;
  }
}

function malformed(key: string, cause?: unknown): PredictionStoreError {
  return new PredictionStoreError(
    "invalid-request",
    `not a request key, expected LABEL/ASSET#UNIX key=${JSON.stringify(key.slice(0, 200))}`,
    { cause },
  );
}
