/** A commit that was acknowledged. */
export interface CommittedLine {
  readonly did: "committed";
  /** Stands in the version's message; no two commits have one. */
  readonly name: string;
  readonly symbol: string;
  readonly version: number;
  readonly commitId: string;
  /** Content hash in hexadecimal. */
  readonly content: string;
}

/** A commit that was refused, so that nobody may ever see it. */
export interface RefusedLine {
  readonly did: "refused";
  readonly name: string;
  readonly symbol: string;
  readonly code: string;
}

export type CommitLine = CommittedLine | RefusedLine;

/** A snapshot that was made. */
export interface SnapshotLine {
  readonly did: "snapshot";
  readonly name: string;
  /** The commits that it pins, by symbol. */
  readonly pins: Readonly<Record<string, string>>;
}

/** A snapshot that is about to be deleted, or was given up. */
export interface DroppingLine {
  readonly did: "dropping";
  readonly name: string;
}

/** A symbol that is about to be deleted with all its versions. */
export interface DeletingLine {
  readonly did: "deleting";
  readonly symbol: string;
}

/** Something that needs no check of its own, for telling that it happened. */
export interface DoneLine {
  readonly did: "pruned" | "undeleted" | "collected" | "gave up";
  /** How many versions or blobs are gone, or are back. */
  readonly count: number;
}

export type StormLine = CommitLine | SnapshotLine | DroppingLine | DeletingLine | DoneLine;

/** What a reader says: a problem, or that it did what it was let go for. */
export type ReaderLine =
  | { readonly did: "found"; readonly problem: string }
  | { readonly did: "read"; readonly passes: number };
