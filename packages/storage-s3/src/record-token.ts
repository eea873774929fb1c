import type { RefToken } from "@foretile/storage";

import { trimmedHistory, type RecordHistory } from "./record-history.ts";

/** What a change of a record needs to know of the state it replaces. */
export interface KnownState {
  readonly etag: string;
  readonly history: RecordHistory;
}

/** 2 to 33 ids, each of 16 characters. */
const shape = /^((?:[A-Za-z0-9_-]{16}){2,33})\.(.+)$/;

/** The ids of the history in base64url, a dot, the ETag. A change needs all of them: the next state tells of them. */
export function tokenOf({ etag, history }: KnownState): RefToken {
  return `${trimmedHistory.of(history).toString("base64url")}.${etag}` as RefToken;
}

/** `undefined` for a token of another store, which fits nothing. */
export function stateOf(token: RefToken): KnownState | undefined {
  const [, ids = "", etag = ""] = shape.exec(token) ?? [];
  if (etag === "") return undefined;
  return { etag, history: trimmedHistory.restore(Buffer.from(ids, "base64url")) };
}
