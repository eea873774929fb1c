import type { Clock } from "@foretile/resilience";

import type { BucketTraits } from "./bucket-traits.ts";
import type { S3Objects } from "./s3-objects.ts";
import type { S3Records } from "./s3-records.ts";
import type { CheckedPlace } from "./s3-place.ts";
import type { S3Requests } from "./s3-requests.ts";

/** What the three contracts work on. */
export interface StoreContext {
  readonly place: CheckedPlace;
  readonly requests: S3Requests;
  readonly objects: S3Objects;
  readonly records: S3Records;
  /** Of all names; ends with a slash or is empty. */
  readonly prefix: string;
  readonly traits: BucketTraits;
  readonly clock: Clock;
  readonly writable: boolean;
  /** @throws {StorageError} `read-only` where the store was opened for reading */
  readonly checkWritable: () => void;
}
