import type { RefToken } from "@foretile/storage";

import type { RecordHistory } from "./record.ts";

/** What a change of a record needs to know of the state it replaces. */
export interface KnownState {
  readonly etag: string;
  readonly history: RecordHistory;
}

const shape = /^([A-Za-z0-9_-]{128})\.(.+)$/;

/** The history in base64url, a dot, the ETag. */
export function tokenOf({ etag, history }: KnownState): RefToken {
  return `${history.toString("base64url")}.${etag}` as RefToken;
}

/** `undefined` for a token of another store, which fits nothing. */
export function stateOf(token: RefToken): KnownState | undefined {
  const [, history = "", etag = ""] = shape.exec(token) ?? [];
  return etag === "" ? undefined : { etag, history: Buffer.from(history, "base64url") };
}
