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
interface RefusedLine {
  readonly did: "refused";
  readonly name: string;
  readonly symbol: string;
  readonly code: string;
}

export type CommitLine = CommittedLine | RefusedLine;

/** A snapshot that was made. */
interface SnapshotLine {
  readonly did: "snapshot";
  readonly name: string;
  /** The commits that it pins, by symbol. */
  readonly pins: Readonly<Record<string, string>>;
}

/** A snapshot that is about to be deleted, or was given up. */
interface DroppingLine {
  readonly did: "dropping";
  readonly name: string;
}

/** A symbol that is about to be deleted with all its versions. */
interface DeletingLine {
  readonly did: "deleting";
  readonly symbol: string;
}

/** Something that needs no check of its own, for telling that it happened. */
interface DoneLine {
  readonly did: "pruned" | "undeleted" | "collected" | "checked" | "gave up";
  /** How many versions are gone, are back, or were checked. */
  readonly count: number;
}

/** Something that must not be. */
interface FoundLine {
  readonly did: "found";
  readonly problem: string;
}

export type StormLine =
  | CommitLine
  | SnapshotLine
  | DroppingLine
  | DeletingLine
  | DoneLine
  | FoundLine;

/** What a reader says: a problem, or that it did what it was let go for. */
export type ReaderLine = FoundLine | { readonly did: "read"; readonly passes: number };
