import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Manifest } from "../manifest/manifest.ts";
import type { Operation } from "../version/operation.ts";
import type { VersionRecord } from "../version/read-version.ts";

interface ContentFacts {
  /** Default `write`. */
  readonly operation?: Operation | undefined;
  /** The user's own words about the version. Default: none. */
  readonly metadata?: DocumentValue | undefined;
  /** What the operation touched, in its own terms, for those who commit after it. Default: the whole value. */
  readonly effect?: DocumentValue | undefined;
}

/** A value of its own, whose content hash is known already: that of the commit that is repeated. */
export interface RepeatedContent extends ContentFacts {
  readonly manifest: Manifest;
  /** Bytes before encoding. */
  readonly rawBytes: number;
  /** Rows of the whole value, where its handler counts rows. */
  readonly rows?: number | undefined;
  /** What must be stored before anything is published. Default: everything is. */
  readonly uploads?: readonly Promise<void>[] | undefined;
}

/** A value of its own. */
export interface NewContent extends RepeatedContent {
  /**
   * What the version contains, as bytes that are equal exactly when the contents are: its SHA-256 is the version's
   * content hash. Must not depend on keys, times or codecs.
   */
  readonly identity: Uint8Array;
}

/** The value of another version, by reference. */
export interface SharedContent extends ContentFacts {
  readonly sharedWith: VersionRecord;
}

/** Removes all versions before a `delete`, in the same change of the head. */
export interface RemovesEarlier {
  /** Versions that stay readable by number. */
  readonly except: ReadonlySet<number>;
  /** How long the others can be taken back, in milliseconds. */
  readonly undeleteMs: number;
}

/** No value: the symbol is deleted. */
export interface NoContent extends ContentFacts {
  readonly operation: "delete";
  /** Default: all earlier versions stay readable by number. */
  readonly removes?: RemovesEarlier | undefined;
}

/** What a commit publishes; content without an identity only when it repeats another commit. */
export type VersionContent = NewContent | RepeatedContent | SharedContent | NoContent;
