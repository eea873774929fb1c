import type { CallOptions } from "@foretile/storage";
import { CONTENT_HASH_BYTES } from "../document/content-hash.ts";
import { VersionStoreError } from "../version-store-error.ts";

/** A commit of another library, as its version's entry tells it. */
export interface RepeatedCommit {
  readonly version: number;
  readonly commitId: string;
  readonly committedAtMs: number;
  /** 32 bytes. */
  readonly contentHash: Uint8Array;
}

/** How a commit is made. */
export interface CommitOptions extends CallOptions {
  /** Only when this is the newest version; 0: only when the symbol has no value. Default: whatever it is. */
  readonly expectedVersion?: number | undefined;
  /** Publish nothing when the newest version has the same content and metadata. */
  readonly skipUnchanged?: boolean | undefined;
  /** Who commits, for the record; at most {@link MAX_USER_BYTES} bytes. */
  readonly user?: string | undefined;
  /** Why, for the record; at most {@link MAX_MESSAGE_BYTES} bytes. */
  readonly message?: string | undefined;
  /**
   * The commit of another library that this one repeats, for copies: the version gets its number, its id and its time
   * (or one just after that of the version before it, if that is later), and says that it has the same content. When the
   * symbol has that very version already, nothing is published, and its result is given.
   */
  readonly repeats?: RepeatedCommit | undefined;
}

export const MAX_USER_BYTES = 128;

export const MAX_MESSAGE_BYTES = 512;

const textEncoder = new TextEncoder();

/** @throws {VersionStoreError} `invalid-argument` */
export function checkCommitOptions(options: CommitOptions): void {
  const { expectedVersion, user, message, repeats } = options;
  if (
    expectedVersion !== undefined &&
    !(Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)
  ) {
    throw new VersionStoreError(
      "invalid-argument",
      `expected version must be a whole number of at least 0 expected_version=${expectedVersion}`,
    );
  }
  checkText("user", user, MAX_USER_BYTES);
  checkText("message", message, MAX_MESSAGE_BYTES);
  if (repeats !== undefined) checkRepeated(repeats);
}

function checkRepeated({ version, commitId, committedAtMs, contentHash }: RepeatedCommit): void {
  const isCommit =
    Number.isSafeInteger(version) &&
    version >= 1 &&
    Number.isSafeInteger(committedAtMs) &&
    committedAtMs >= 0 &&
    typeof commitId === "string" &&
    commitId !== "" &&
    contentHash.length === CONTENT_HASH_BYTES;
  if (isCommit) return;
  throw new VersionStoreError(
    "invalid-argument",
    `a commit that is repeated must have a number, an id, a time and a hash version=${version}`,
  );
}

function checkText(name: string, text: string | undefined, limit: number): void {
  if (text === undefined) return;
  if (typeof text !== "string" || !text.isWellFormed() || textEncoder.encode(text).length > limit) {
    throw new VersionStoreError(
      "invalid-argument",
      `${name} must be well-formed text of at most ${limit} bytes`,
    );
  }
}
