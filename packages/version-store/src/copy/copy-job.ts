import type { CallOptions } from "@foretile/storage";
import type { LibraryContext } from "../library/library-context.ts";
import type { CellAssigner, CopiedVersions, CopySource } from "./copy-options.ts";
import type { CopyTally } from "./copy-tally.ts";
import type { SegmentReader } from "./segment-reader.ts";

/** What the parts of one copy work with. */
export interface CopyJob {
  readonly source: CopySource;
  readonly target: LibraryContext;
  readonly segments: SegmentReader;
  /** By handler. */
  readonly cells: ReadonlyMap<string, CellAssigner>;
  readonly tally: CopyTally;
  readonly versions: CopiedVersions;
  /** Whether the symbols were named, so that each of them must be there. */
  readonly isNamed: boolean;
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly call: CallOptions;
}
