import type { CallOptions } from "@foretile/storage";
import { VersionStoreError } from "../version-store-error.ts";

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
}

export const MAX_USER_BYTES = 128;

export const MAX_MESSAGE_BYTES = 512;

const textEncoder = new TextEncoder();

/** @throws {VersionStoreError} `invalid-argument` */
export function checkCommitOptions({ expectedVersion, user, message }: CommitOptions): void {
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
