import { createRetryPolicy } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";
import { StorageError, type Store } from "@foretile/storage";
import { withRemoteDefaults, type RemoteDefaultsOptions } from "@foretile/storage/layers";

import type { BucketTraits } from "./bucket-traits.ts";
import {
  probeBucket,
  stillHonours,
  PROBE_FOLDER,
  type BucketProbe,
  type ProbeContext,
} from "./probe/probe-bucket.ts";
import { whatBucketLacks } from "./probe/what-bucket-lacks.ts";
import { defaultMultipartSizes, type MultipartSizes } from "./put-multipart.ts";
import { createS3Objects } from "./s3-objects.ts";
import { checkPlace, type S3Place } from "./s3-place.ts";
import { createS3Requests } from "./s3-requests.ts";
import { createS3Store } from "./s3-store.ts";
import {
  encodeMarker,
  MARKER_NAME,
  readMarker,
  type S3StoreContents,
  type StoreMarker,
} from "./store-marker.ts";

/**
 * How a store is opened.
 *
 * - `create`: makes a new store under a prefix that holds nothing and opens it for writing.
 * - `write`: opens a store that is there.
 * - `read`: opens a store that is there; every write fails with `read-only`.
 */
export type S3StoreMode = "create" | "write" | "read";

export interface S3StoreOptions extends S3Place {
  readonly mode: S3StoreMode;
  /**
   * What a new store holds. `all` needs a bucket that honours conditional writes. `blobs` works in any bucket: records
   * and rows are then in another store, see `createHybridStore`, and fail with `unsupported` here. Default `all`.
   */
  readonly contents?: S3StoreContents | undefined;
  /**
   * Whether to try, before the store is opened for writing, that the bucket still does what it did when the store was
   * made. Seven small requests. Default true; making a store always tries everything.
   */
  readonly probe?: boolean | undefined;
  /**
   * What making another store in the same bucket, reached in the same way, found out: with it nothing is tried. For
   * those who make many stores.
   */
  readonly traits?: BucketTraits | undefined;
  /** How large blobs are sent in parts. */
  readonly multipart?: Partial<MultipartSizes> | undefined;
  /** Ends the opening. */
  readonly signal?: AbortSignal | undefined;
}

export interface RemoteS3StoreOptions extends S3StoreOptions {
  /** Deadline, limit and retries around the store; see `withRemoteDefaults`. */
  readonly layers?: Partial<RemoteDefaultsOptions> | undefined;
}

/**
 * Opens a store in a bucket, with deadlines, a limit on the calls under way, and retries.
 *
 * @throws {StorageError} `not-a-store` when there is nothing or something else, or no such bucket, `conflict` when
 *   `create` meets a store, `unsupported` when the bucket does not honour what the store relies on, `format-too-new`,
 *   `damaged`, `invalid-argument`, `permission-denied`, `unavailable`
 */
export async function openS3Store(options: RemoteS3StoreOptions): Promise<Store> {
  const { clock = systemClock, random = systemRandom, layers, mode, signal } = options;
  const settings = { clock, random, ...layers };
  // A store that was made by a first try is there for the second.
  const idempotent = mode !== "create";
  const open = (): Promise<Store> => openBareS3Store(options);
  const store = await createRetryPolicy(settings).run(open, { idempotent, signal });
  return withRemoteDefaults(store, settings);
}

/** The same without layers, for layers of your own: nothing is repeated, nothing has a deadline. */
export async function openBareS3Store(options: S3StoreOptions): Promise<Store> {
  const { clock = systemClock, random = systemRandom, mode, signal } = options;
  const place = checkPlace(options);
  const requests = createS3Requests(options, place, clock);
  let traits: BucketTraits | undefined;
  const objects = createS3Objects(requests, place, () => traits?.etag);
  const context: ProbeContext = { place, requests, objects, random };
  try {
    const marker =
      mode === "create"
        ? await makeStore(context, options)
        : await findStore(context, mode === "write" && options.probe !== false, signal);
    traits = marker.traits;
    return createS3Store({
      ...context,
      marker,
      clock,
      writable: mode !== "read",
      multipart: { ...defaultMultipartSizes, ...options.multipart },
    });
  } catch (error) {
    requests.close();
    throw error;
  }
}

async function makeStore(
  context: ProbeContext,
  { contents = "all", traits: known, signal }: S3StoreOptions,
): Promise<StoreMarker> {
  const { objects, place } = context;
  await checkEmpty(context, signal);
  const probe = known === undefined ? await probeBucket(context, signal) : untried(known);
  const { traits } = probe;
  if (contents === "all" && traits.conditions !== "A") throw whatBucketLacks(place, probe);
  const marker = { contents, traits };
  const outcome = await objects.put(place.prefix + MARKER_NAME, encodeMarker(marker), {
    // In other buckets two may make the same store of blobs, which is the same store.
    condition: traits.conditions === "A" ? { type: "absent" } : undefined,
    signal,
  });
  if (outcome.type === "unclear") throw outcome.error;
  if (outcome.type !== "stored") throw storeIsThere(place.bucket, place.prefix);
  return marker;
}

function untried(traits: BucketTraits): BucketProbe {
  return { traits, createDefects: [], replaceDefects: [] };
}

async function checkEmpty(
  { objects, place }: ProbeContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bucket, prefix } = place;
  if ((await readMarker(objects, prefix, signal)) !== undefined) throw storeIsThere(bucket, prefix);
  // What a trial that was cut off left behind is none of anybody's.
  const { entries } = await objects.list(prefix, undefined, 1_000, signal);
  const other = entries.find(({ name }) => !name.startsWith(prefix + PROBE_FOLDER));
  if (other !== undefined) {
    throw new StorageError(
      "not-a-store",
      `prefix holds other objects, choose an empty one bucket=${bucket} object=${other.name}`,
    );
  }
}

async function findStore(
  context: ProbeContext,
  probe: boolean,
  signal: AbortSignal | undefined,
): Promise<StoreMarker> {
  const { objects, place } = context;
  const { bucket, prefix } = place;
  const marker = await readMarker(objects, prefix, signal);
  if (marker === undefined) {
    throw new StorageError(
      "not-a-store",
      `there is no store, create one first bucket=${bucket} prefix=${prefix}`,
    );
  }
  if (probe && marker.traits.conditions === "A") {
    if (!(await stillHonours(context, marker.traits, signal))) {
      throw new StorageError(
        "unsupported",
        `bucket no longer honours conditional writes as it did when the store was made: undo what was changed (versioning, gateway, proxy), or reach it another way bucket=${bucket} prefix=${prefix}`,
      );
    }
  }
  return marker;
}

function storeIsThere(bucket: string, prefix: string): StorageError {
  return new StorageError(
    "conflict",
    `there is a store already, open it with mode write bucket=${bucket} prefix=${prefix}`,
  );
}
