/**
 * A store in a bucket of S3, or of a server that speaks its protocol: blobs, refs and rows as objects.
 *
 * ```ts
 * import { toKey } from "@foretile/storage";
 * import { openS3Store } from "@foretile/storage-s3";
 *
 * await using store = await openS3Store({ bucket: "forecasts", prefix: "library", mode: "create" });
 * await store.blobs.putNew(toKey("greeting"), new TextEncoder().encode("hello"));
 * ```
 *
 * What a bucket does with conditional writes is tried before a store is made in it, and again, shortly, when it is
 * opened for writing. Records change by `If-Match`; each state of one has bytes, and so an ETag, of its own. A request
 * is never repeated by the client.
 *
 * @module
 */
export { abortStaleUploads, type AbortStaleUploadsOptions } from "./abort-stale-uploads.ts";
export type { BucketTraits, ConditionClass } from "./bucket-traits.ts";
export type { EndpointProfile, EndpointProfileName, EtagQuoting } from "./endpoint-profile.ts";
export {
  openBareS3Store,
  openS3Store,
  type RemoteS3StoreOptions,
  type S3StoreMode,
  type S3StoreOptions,
} from "./open-s3-store.ts";
export { planS3Provision, type PlanS3ProvisionOptions } from "./plan-s3-provision.ts";
export { probeS3, type ProbeS3Options } from "./probe/probe-s3.ts";
export type { MultipartSizes } from "./put-multipart.ts";
export type { S3Credentials, S3Place } from "./s3-place.ts";
export type { S3RequestEvent } from "./s3-requests.ts";
export type { S3StoreContents } from "./store-marker.ts";
