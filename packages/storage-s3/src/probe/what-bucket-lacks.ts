import { StorageError } from "@foretile/storage";

import type { CheckedPlace } from "../s3-place.ts";
import type { BucketProbe } from "./probe-bucket.ts";

/** What can be done about a bucket that does not honour conditional writes. */
export const conditionRemedy =
  "use a bucket without versioning on a server that honours If-Match and If-None-Match, or keep only blobs there (contents blobs) and records elsewhere (createHybridStore)";

/** Why a store cannot keep records in a bucket. */
export function whatBucketLacks(place: CheckedPlace, probe: BucketProbe): StorageError {
  const { traits, createDefects, replaceDefects } = probe;
  const defects = [
    ...createDefects.map((defect) => `If-None-Match: ${defect}`),
    ...replaceDefects.map((defect) => `If-Match: ${defect}`),
  ];
  return new StorageError(
    "unsupported",
    `bucket does not honour conditional writes, so records would be lost: ${conditionRemedy} bucket=${place.bucket} class=${traits.conditions} found=${JSON.stringify(defects)}`,
    { details: { bucket: place.bucket, class: traits.conditions } },
  );
}
