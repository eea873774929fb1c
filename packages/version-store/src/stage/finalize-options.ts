import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CommitOptions } from "../commit/commit-options.ts";
import type { AppendRules } from "../write/append-effect.ts";
import type { StagedOrder } from "./order-blocks.ts";

export interface FinalizeOptions extends Omit<CommitOptions, "skipUnchanged">, AppendRules {
  /** Whether the staged rows become the whole value or follow the newest one. */
  readonly mode: "write" | "append";
  /** How the rows of several tokens are put in order. Default `assert-disjoint`. */
  readonly order?: StagedOrder | undefined;
  /** Words of your own about the version. Default: none for `write`, those of the version before for `append`. */
  readonly metadata?: DocumentValue | undefined;
  /** Whether appended rows must not come before the last stored row. Default `true`. */
  readonly validateIndex?: boolean | undefined;
}
