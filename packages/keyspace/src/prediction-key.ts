import { escapeKeyPart, unescapeKeyPart } from "./key-part.ts";
import { KeyspaceError } from "./keyspace-error.ts";

/** What a prediction key says: one miner's answer to one request. The label is not in it; the table or library has it. */
export interface PredictionAddress {
  /** Not empty. Upstream's assets (`BTC`, `SPYX`, …) appear unchanged in the key; others are escaped. */
  readonly asset: string;
  /** Start of the request, whole seconds since 1970-01-01T00:00:00Z, 0 or more. */
  readonly startUnixSeconds: number;
  /** 0 or more. */
  readonly minerId: number;
}

/** Prediction keys between two start times. */
export interface StartTimeRange {
  /** First start time, 10 digits. */
  readonly gteUnixSeconds?: number;
  /** End of start times, exclusive, 10 digits. */
  readonly ltUnixSeconds?: number;
}

const MINER_ID_DIGITS = 6;
const MIN_ORDERED_SECONDS = 1_000_000_000; // 2001-09-09T01:46:40Z
const MAX_ORDERED_SECONDS = 9_999_999_999; // 2286-11-20T17:46:39Z

const pattern = /^([^#]+)#(0|[1-9][0-9]*)#([0-9]{6}|[1-9][0-9]{6,})$/;

/**
 * `{asset}#{unix}#{miner_id:06d}`, upstream's row key of a prediction: `BTC#1779710400#000042`.
 *
 * Keys of one request are in order of miner id as long as ids have at most six digits; a greater id widens the field and
 * sorts among the others, but the key stays unique and inside {@link predictionRange}. Keys of one asset are in order of
 * time for start times of ten digits (2001 to 2286); the key itself takes any whole second from 1970 on.
 *
 * @throws {KeyspaceError} `invalid-argument` for an empty asset or a number that is negative or not whole
 */
export function predictionKey(address: PredictionAddress): string {
  checkWhole("minerId", address.minerId);
  return `${requestPrefix(address)}${address.minerId.toString().padStart(MINER_ID_DIGITS, "0")}`;
}

/**
 * The address that {@link predictionKey} wrote as `key`.
 *
 * @throws {KeyspaceError} `malformed` for any other text
 */
export function parsePredictionKey(key: string): PredictionAddress {
  const [, escapedAsset, seconds, miner] = pattern.exec(key) ?? [];
  if (escapedAsset === undefined || seconds === undefined || miner === undefined) {
    throw malformed(key);
  }
  const startUnixSeconds = Number(seconds);
  const minerId = Number(miner);
  if (!Number.isSafeInteger(startUnixSeconds) || !Number.isSafeInteger(minerId)) {
    throw malformed(key);
  }
  return { asset: unescapeKeyPart(escapedAsset), startUnixSeconds, minerId };
}

/**
 * The half-open range of all miners' keys of one request: from `{asset}#{unix}#` to before `{asset}#{unix}#~`, as
 * upstream scans it (`~` sorts after every digit).
 *
 * @throws {KeyspaceError} `invalid-argument` as {@link predictionKey}
 */
export function predictionRange(request: Omit<PredictionAddress, "minerId">): {
  gte: string;
  lt: string;
} {
  const prefix = requestPrefix(request);
  return { gte: prefix, lt: `${prefix}~` };
}

/**
 * The half-open range of all keys of one asset, or of those whose request starts in `times`.
 *
 * Bounds must have ten digits: texts of different length are not in order of time. Keys with fewer or more digits are
 * in the range of the whole asset, and anywhere in a bounded one.
 *
 * @throws {KeyspaceError} `invalid-argument` for an empty asset or a bound without ten digits
 */
export function assetRange(asset: string, times: StartTimeRange = {}): { gte: string; lt: string } {
  const { gteUnixSeconds, ltUnixSeconds } = times;
  const prefix = assetPrefix(asset);
  return {
    gte: gteUnixSeconds === undefined ? prefix : `${prefix}${orderedSeconds(gteUnixSeconds)}#`,
    lt: ltUnixSeconds === undefined ? `${prefix}~` : `${prefix}${orderedSeconds(ltUnixSeconds)}#`,
  };
}

function requestPrefix({ asset, startUnixSeconds }: Omit<PredictionAddress, "minerId">): string {
  checkWhole("startUnixSeconds", startUnixSeconds);
  return `${assetPrefix(asset)}${startUnixSeconds}#`;
}

function assetPrefix(asset: string): string {
  if (asset === "") throw new KeyspaceError("invalid-argument", "asset must not be empty");
  return `${escapeKeyPart(asset)}#`;
}

function orderedSeconds(seconds: number): number {
  checkWhole("unixSeconds", seconds);
  if (seconds < MIN_ORDERED_SECONDS || seconds > MAX_ORDERED_SECONDS) {
    throw new KeyspaceError(
      "invalid-argument",
      `bound of a range of times must have ten digits unixSeconds=${seconds}`,
    );
  }
  return seconds;
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new KeyspaceError(
      "invalid-argument",
      `number in a key must be whole and not negative ${name}=${value}`,
    );
  }
}

function malformed(key: string): KeyspaceError {
  return new KeyspaceError("malformed", `not a prediction key key=${JSON.stringify(key)}`);
}
