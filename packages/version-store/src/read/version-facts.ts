import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Operation } from "../version/operation.ts";
import type { VersionRecord } from "../version/read-version.ts";

/** Which version something was read from. */
export interface VersionFacts {
  readonly symbol: string;
  readonly version: number;
  readonly commitId: string;
  readonly committedAtMs: number;
  readonly operation: Operation;
  /** The writer's own words; `null` when there are none. */
  readonly metadata: DocumentValue;
  /** Rows of the version's whole value; `undefined` for an opaque value. */
  readonly rows: number | undefined;
}

export function factsOfVersion(record: VersionRecord): VersionFacts {
  const { symbol, version, commitId, committedAtMs, operation, metadata, rows } = record;
  return { symbol, version, commitId, committedAtMs, operation, metadata, rows };
}
