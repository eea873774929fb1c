import type { Version } from "../version/read-version.ts";
import type { CommitBase } from "./commit-base.ts";
import type { CommitOptions } from "./commit-options.ts";
import type { VersionContent } from "./version-content.ts";
import type { Workspace } from "./workspace.ts";

/** What a commit made. */
export interface CommitResult {
  readonly version: number;
  /** Names this commit and no other: `wasCommitted` tells later whether it happened. */
  readonly commitId: string;
  readonly committedAtMs: number;
  /** 32 bytes. */
  readonly contentHash: Uint8Array;
  /** Rows of the whole value, where its handler counts rows. */
  readonly rows: number | undefined;
  /** Bytes of all segments of the version. */
  readonly storedBytes: number;
  /** `false` when the newest version contained the same already: it is the one told here, and nothing was published. */
  readonly changed: boolean;
  /** Why blobs or the intent of this transaction could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

/** A commit that waits for its turn. */
export interface QueuedCommit {
  readonly workspace: Workspace;
  readonly options: CommitOptions;
  readonly build: (base: CommitBase) => VersionContent | Promise<VersionContent>;
  /** Other transactions whose segments it may use while their intents say they run. */
  readonly adopted: () => readonly string[];
  /** A version that its writer looked at, whose segments it may use while it is live. */
  readonly reliedOn: () => Version | undefined;
}

/** What became of a commit, told once it is settled. */
export type CommitOutcome =
  | { readonly result: CommitResult }
  | {
      readonly error: unknown;
      /** Whether a change that contains the commit may yet have happened. */
      readonly unsettled: boolean;
    };
