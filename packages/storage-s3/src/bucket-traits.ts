import type { EtagQuoting } from "./endpoint-profile.ts";

/**
 * What a server does with conditions in one bucket, as was found out by trying; never what it says it does.
 *
 * - `A`: creates only what is absent, and replaces only the state that is named.
 * - `B`: replaces only the state that is named; creating overwrites.
 * - `C`: neither can be relied on.
 */
export type ConditionClass = "A" | "B" | "C";

/** What a store relies on in its bucket. Found out when it is made, kept in its marker. */
export interface BucketTraits {
  readonly conditions: ConditionClass;
  /** The form of an ETag that `If-Match` wants. */
  readonly quoting: EtagQuoting;
  /** Whether the ETag of an object that was put in one piece is the MD5 of its bytes; `opaque` with some encryptions. */
  readonly etag: "md5" | "opaque";
  /** Whether putting a multipart upload together honours `If-None-Match`. */
  readonly conditionalMultipart: boolean;
  /** The condition that deletes honour, if any: of S3, or of Ceph's own header. */
  readonly conditionalDelete: "if-match" | "unmodified-since" | "none";
}
