import { VersionStoreError } from "../version-store-error.ts";

/**
 * Which version is meant.
 *
 * - a number above 0: that version
 * - a number below 0: counted from the newest, −1 is the newest
 * - text, or `{ snapshot }`: the version that the snapshot pins
 * - a `Date`, or `{ timestamp }` in milliseconds: the newest at that time
 * - `{ commitId }`: the version that the commit made
 */
export type AsOf =
  | number
  | string
  | Date
  | { readonly timestamp: number | Date }
  | { readonly snapshot: string }
  | { readonly commitId: string };

/** {@link AsOf} in one form. */
export type ResolvedAsOf =
  | { readonly kind: "latest" }
  | { readonly kind: "version"; readonly version: number }
  | { readonly kind: "nth-newest"; readonly n: number }
  | { readonly kind: "time"; readonly timeMs: number }
  | { readonly kind: "snapshot"; readonly snapshot: string }
  | { readonly kind: "commit"; readonly commitId: string };

/** @throws {VersionStoreError} `invalid-argument` */
export function parseAsOf(asOf: AsOf | undefined): ResolvedAsOf {
  if (asOf === undefined) return { kind: "latest" };
  if (typeof asOf === "string") return { kind: "snapshot", snapshot: asOf };
  if (typeof asOf === "number") {
    if (!Number.isSafeInteger(asOf) || asOf === 0) throw wrong("a whole number other than 0", asOf);
    return asOf > 0 ? { kind: "version", version: asOf } : { kind: "nth-newest", n: -asOf };
  }
  if (typeof asOf === "object" && asOf !== null) {
    if ("getTime" in asOf) return atTime(asOf.getTime());
    if ("timestamp" in asOf) return atTime(Number(asOf.timestamp));
    if ("snapshot" in asOf) return { kind: "snapshot", snapshot: asOf.snapshot };
    if ("commitId" in asOf) return { kind: "commit", commitId: asOf.commitId };
  }
  throw wrong("a version, a time, a snapshot or a commit", asOf);
}

/** Words for messages, as `key=value`. */
export function describeAsOf(asOf: ResolvedAsOf): string {
  if (asOf.kind === "version") return `version=${asOf.version}`;
  if (asOf.kind === "nth-newest") return `version=${-asOf.n}`;
  if (asOf.kind === "time") return `time_ms=${asOf.timeMs}`;
  if (asOf.kind === "snapshot") return `snapshot=${JSON.stringify(asOf.snapshot)}`;
  if (asOf.kind === "commit") return `commit=${asOf.commitId}`;
  return "as_of=latest";
}

function atTime(timeMs: number): ResolvedAsOf {
  if (!Number.isFinite(timeMs)) throw wrong("a valid time", timeMs);
  return { kind: "time", timeMs };
}

function wrong(wanted: string, found: unknown): VersionStoreError {
  return new VersionStoreError(
    "invalid-argument",
    `as-of must be ${wanted} as_of=${String(found)}`,
  );
}
