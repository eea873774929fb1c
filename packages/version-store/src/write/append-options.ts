import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CommitOptions } from "../commit/commit-options.ts";
import type { SchemaPolicy } from "../handler/rowwise-operations.ts";

export interface AppendOptions extends Omit<CommitOptions, "skipUnchanged"> {
  /** Whether a symbol without a value gets these rows as its value. Default `true`. */
  readonly upsert?: boolean | undefined;
  /** Words of your own about the new version. Default: those of the version before. */
  readonly metadata?: DocumentValue | undefined;
  /** Whether the rows must be in order and not come before the last stored row. Default `true`. */
  readonly validateIndex?: boolean | undefined;
  /** How far the rows may differ from the stored ones. Default `strict`. */
  readonly schema?: SchemaPolicy | undefined;
  /**
   * Whether to append as well to what somebody else wrote or restored since this append looked at the symbol first.
   * Default `false`.
   */
  readonly rebaseOnOverwrite?: boolean | undefined;
}
