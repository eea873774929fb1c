import { descending, escapeKeyPart, fixedWidth, unescapeKeyPart } from "@foretile/keyspace";
import { prefixRange, toKey, type Key, type KeyRange } from "@foretile/storage";
import type { MinerIdentity } from "../records/miner.ts";
import { endOfRequest, type RequestFacts } from "../records/request.ts";
import type { RequestAddress, RequestId } from "../records/request.ts";
import type { SecondsRange } from "../rules/check-queries.ts";

/*
 * The keys of a catalog's table. Labels and assets are escaped, so that `/` and `#` stand alone; numbers have fixed
 * widths, so that the order of keys is the order of what they mean. The format is described in
 * `docs/formats/catalog-rows-v1.md`.
 */

/** Digits of seconds: the year 9999 takes 12. */
const SECONDS_DIGITS = 12;
const UID_DIGITS = 5;
const ID_DIGITS = 15;

const idPattern = /^([^/#]+)\/([^/#]+)#(0|[1-9][0-9]*)$/;

/** A request is named by its address: `low/BTC#1512475200`, as in the prediction store. */
export function requestIdOf({ label, asset, startUnixSeconds }: RequestAddress): RequestId {
  return `${escapeKeyPart(label)}/${escapeKeyPart(asset)}#${startUnixSeconds}` as RequestId;
}

/** The row of a request; `undefined` for a text that is no id of this catalog. */
export function requestKeyOfId(id: RequestId): Key | undefined {
  const [, label, asset, seconds] = idPattern.exec(id) ?? [];
  if (label === undefined || asset === undefined || seconds === undefined) return undefined;
  if (seconds.length > SECONDS_DIGITS || id.length > 300) return undefined;
  return toKey(`request/${label}/${asset}#${fixedWidth(Number(seconds), SECONDS_DIGITS)}`);
}

export function requestRowKey({ label, asset, startUnixSeconds }: RequestAddress): Key {
  const start = fixedWidth(startUnixSeconds, SECONDS_DIGITS);
  return toKey(`request/${escapeKeyPart(label)}/${escapeKeyPart(asset)}#${start}`);
}

/** The counter of a label's and asset's saved requests. */
export function orderRowKey({ label, asset }: RequestAddress): Key {
  return toKey(`order/${escapeKeyPart(label)}/${escapeKeyPart(asset)}`);
}

/**
 * The lists of requests, each by a time:
 *
 * - `start`: every request, the latest start first
 * - `open`: requests that may be due for scoring, by the end of the horizon
 * - `scored`: requests that may have scores, the latest end first
 * - `deleted`: requests that may have deleted predictions whose bytes are still there, by start
 */
export type RequestList = "start" | "open" | "scored" | "deleted";

const latestFirst: ReadonlySet<RequestList> = new Set<RequestList>(["start", "scored"]);

/** The row of a request in a list. Its tail names the request: the start stands after the asset. */
export function listRowKey(list: RequestList, request: RequestFacts): Key {
  const { label, asset, startUnixSeconds } = request;
  const byEnd = list === "open" || list === "scored";
  const time = listTime(list, byEnd ? endOfRequest(request) : startUnixSeconds);
  const start = fixedWidth(startUnixSeconds, SECONDS_DIGITS);
  return toKey(`${list}/${escapeKeyPart(label)}/${time}#${escapeKeyPart(asset)}#${start}`);
}

/** The address of the request that a row of a list is about; `undefined` for a key of another form. */
export function addressInList(key: string): RequestAddress | undefined {
  const match = /^[a-z]+\/([^/#]+)\/[0-9]{12}#([^/#]+)#([0-9]{12})$/.exec(key);
  const [, label, asset, start] = match ?? [];
  if (label === undefined || asset === undefined || start === undefined) return undefined;
  return {
    label: unescapeKeyPart(label),
    asset: unescapeKeyPart(asset),
    startUnixSeconds: Number(start),
  };
}

/** The rows of a label in a list whose times lie in a range. */
export function listRange(list: RequestList, label: string, { from, to }: SecondsRange): KeyRange {
  if (from >= to) return { gte: "x", lt: "x" };
  const prefix = `${list}/${escapeKeyPart(label)}/`;
  const [first, last] = latestFirst.has(list) ? [to - 1, from] : [from, to - 1];
  return {
    gte: prefix + listTime(list, first),
    lt: `${prefix}${listTime(list, last)}\x7f`,
  };
}

export const MINER_COUNTER: Key = toKey("order-of-miners");
export const FORMAT_KEY: Key = toKey("format");
/** The current holders of all slots. */
export const HOLDERS: KeyRange = prefixRange("uid/");

export function minerRowKey({ uid, coldkey, hotkey }: MinerIdentity): Key {
  return toKey(
    `miner/${fixedWidth(uid, UID_DIGITS)}/${escapeKeyPart(coldkey)}/${escapeKeyPart(hotkey)}`,
  );
}

export function minerIdRowKey(id: number): Key {
  return toKey(`miner-id/${fixedWidth(id, ID_DIGITS)}`);
}

export function holderRowKey(uid: number): Key {
  return toKey(`uid/${fixedWidth(uid, UID_DIGITS)}`);
}

export function rewardRowKey(label: string, updatedUnixSeconds: number): Key {
  return toKey(`reward/${escapeKeyPart(label)}/${descending(updatedUnixSeconds, SECONDS_DIGITS)}`);
}

/** Reward rows of a label with times in a range, the newest first. */
export function rewardRange(label: string, { from, to }: SecondsRange): KeyRange {
  if (from >= to) return { gte: "x", lt: "x" };
  return { gte: rewardRowKey(label, to - 1), lt: `${rewardRowKey(label, from)}\x7f` };
}

/** The qualifier of a miner's cell. */
export function minerQualifier(minerId: number): string {
  return fixedWidth(minerId, ID_DIGITS);
}

function listTime(list: RequestList, seconds: number): string {
  return latestFirst.has(list)
    ? descending(seconds, SECONDS_DIGITS)
    : fixedWidth(seconds, SECONDS_DIGITS);
}
