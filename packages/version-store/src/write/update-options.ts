import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CommitOptions } from "../commit/commit-options.ts";
import type { SchemaPolicy } from "../handler/rowwise-operations.ts";
import type { RowSelection } from "../read/row-selection.ts";
import type { IndexRange } from "../value/index-bounds.ts";

/** Rows to be replaced: by index, both ends included unless it says otherwise, or by number. */
export type UpdateRange = IndexRange | { readonly rows: RowSelection };

export interface DeleteRangeOptions extends Omit<CommitOptions, "skipUnchanged"> {
  /** Words of your own about the new version. Default: those of the version before. */
  readonly metadata?: DocumentValue | undefined;
}

export interface UpdateOptions extends DeleteRangeOptions {
  /** Which stored rows the new ones replace. Default: those from the least to the greatest index of the new rows. */
  readonly range?: UpdateRange | undefined;
  /** Whether a symbol without a value gets these rows as its value. Default `false`. */
  readonly upsert?: boolean | undefined;
  /** How far the rows may differ from the stored ones. Default `strict`. */
  readonly schema?: SchemaPolicy | undefined;
}
