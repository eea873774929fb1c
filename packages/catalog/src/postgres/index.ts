/**
 * A catalog in Postgres, in the tables of the network's validator, so that its programs and ours can share a database.
 *
 * ```ts
 * import { openPostgresCatalog, SYNTH_LABEL_RULES } from "@foretile/catalog/postgres";
 * import { systemClock } from "@foretile/resilience/system";
 *
 * await using catalog = await openPostgresCatalog({
 *   connectionString: "postgresql://foretile@127.0.0.1/synth",
 *   labels: SYNTH_LABEL_RULES,
 *   clock: systemClock,
 * });
 * ```
 *
 * @module
 */
export type { DatabaseOptions } from "./database.ts";
export { labelOf, SYNTH_LABEL_RULES, type LabelRule } from "./label-rule.ts";
export type { DuplicateRequests } from "./list-duplicates.ts";
export {
  createPostgresCatalog,
  openPostgresCatalog,
  type PostgresCatalog,
  type PostgresCatalogOptions,
} from "./postgres-catalog.ts";
export {
  openValidatorDatabase,
  type ValidatorAnswer,
  type ValidatorCounts,
  type ValidatorDatabase,
  type ValidatorRequest,
} from "./validator-database.ts";
