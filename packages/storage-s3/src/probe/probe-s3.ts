import { isStorageError, type CallOptions, type ProbeFinding } from "@foretile/storage";

import { bucketExists, harmfulRules, readBucketSettings } from "../bucket-settings.ts";
import type { S3Place } from "../s3-place.ts";
import { readMarker, type S3StoreContents } from "../store-marker.ts";
import { visitPlace, type Visit } from "../visit-place.ts";
import { probeBucket, type BucketProbe } from "./probe-bucket.ts";
import { remedyOf } from "./remedy-of.ts";
import { conditionRemedy } from "./what-bucket-lacks.ts";

export interface ProbeS3Options extends S3Place, CallOptions {
  /** What the store holds, or will hold: blobs need nothing of conditional writes. Default `all`. */
  readonly contents?: S3StoreContents | undefined;
}

/** Servers refuse requests whose time is off by 15 minutes. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * Tries everything that a store needs of its place, and says what was found and what to do about it. Writes and deletes
 * small objects under `PREFIX/probe/`; leaves a store that is there alone.
 *
 * @throws {StorageError} only for wrong options, or when the probe was aborted: whatever the server says is a finding
 */
export async function probeS3(options: ProbeS3Options): Promise<readonly ProbeFinding[]> {
  return visitPlace(options, async (visit) => {
    const findings: ProbeFinding[] = [];
    try {
      if (!(await addBucket(findings, visit, options.signal))) return findings;
      await addSettings(findings, visit, options.signal);
      await addMarker(findings, visit, options.signal);
      addConditions(findings, await probeBucket(visit, options.signal), options.contents ?? "all");
      addClock(findings, visit);
    } catch (error) {
      if (!isStorageError(error) || error.code === "aborted") throw error;
      // It may be the reason.
      addClock(findings, visit);
      findings.push({
        what: `request ${String(error.details["request"] ?? "")}`.trim(),
        found: error.message,
        ok: false,
        remedy: remedyOf(error),
      });
    }
    return findings;
  });
}

async function addBucket(
  findings: ProbeFinding[],
  visit: Visit,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const there = await bucketExists(visit, signal);
  const what = `bucket ${visit.place.bucket}`;
  findings.push(
    there
      ? { what, found: "is there", ok: true }
      : { what, found: "is not there", ok: false, remedy: "create it, or name another one" },
  );
  return there;
}

async function addSettings(
  findings: ProbeFinding[],
  visit: Visit,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { versioning, rules } = await readBucketSettings(visit, signal);
  const versioned = versioning === "on" || versioning === "suspended";
  findings.push({
    what: "versioning",
    found: versioning === "unknown" ? "may not be asked for" : `is ${versioning}`,
    ok: !versioned,
    ...(versioned
      ? {
          remedy:
            "use a bucket without versioning, or expire noncurrent versions by a lifecycle rule: what is deleted stays and is billed",
        }
      : {}),
  });
  const harmful = rules === "unknown" ? [] : harmfulRules(rules, visit.place.prefix);
  findings.push({
    what: "lifecycle rules",
    found:
      rules === "unknown"
        ? "may not be asked for"
        : `${harmful.length} of ${rules.length} take objects of the prefix away`,
    ok: harmful.length === 0,
    ...(harmful.length === 0
      ? {}
      : {
          remedy: `take the prefix out of ${harmful.map(({ ID }) => ID ?? "a rule without id").join(", ")}`,
        }),
  });
}

async function addMarker(
  findings: ProbeFinding[],
  { objects, place }: Visit,
  signal: AbortSignal | undefined,
): Promise<void> {
  const marker = await readMarker(objects, place.prefix, signal);
  const found =
    marker === undefined
      ? "none yet"
      : `one of ${marker.contents}, class ${marker.traits.conditions}`;
  findings.push({ what: "store", found, ok: true });
}

function addConditions(
  findings: ProbeFinding[],
  { traits, createDefects, replaceDefects }: BucketProbe,
  contents: S3StoreContents,
): void {
  const defects = [...createDefects, ...replaceDefects];
  const ok = traits.conditions === "A" || contents === "blobs";
  findings.push(
    {
      what: "conditional writes",
      found: [`class ${traits.conditions}`, ...defects].join(", "),
      ok,
      ...(ok ? {} : { remedy: conditionRemedy }),
    },
    { what: "If-Match", found: `takes the ETag ${traits.quoting}`, ok: true },
    { what: "ETag", found: traits.etag === "md5" ? "is the MD5" : "is opaque", ok: true },
    {
      what: "conditional completion of multipart uploads",
      found: traits.conditionalMultipart ? "holds" : "does not hold, blobs go in one piece",
      ok: true,
    },
    {
      what: "conditional deletes",
      found:
        traits.conditionalDelete === "none"
          ? "do not hold, deleted records leave tombstones for good"
          : `hold by ${traits.conditionalDelete}`,
      ok: true,
    },
  );
}

function addClock(findings: ProbeFinding[], { requests, clock }: Visit): void {
  const serverMs = requests.serverNowMs();
  if (serverMs === undefined) return;
  const skewMs = clock.nowMs() - serverMs;
  const ok = Math.abs(skewMs) <= MAX_SKEW_MS;
  findings.push({
    what: "clock",
    found: `differs from the server's by ${Math.round(skewMs / 1_000)} s`,
    ok,
    ...(ok ? {} : { remedy: "set the clock of this machine, or the server's" }),
  });
}
