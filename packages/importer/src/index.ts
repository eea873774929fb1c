/**
 * Take over what the network's validator has in its own database: requests and answers, published as if they had come
 * here in the first place. The database is only read.
 *
 * ```ts
 * import { openValidatorDatabase } from "@foretile/catalog/postgres";
 * import { importValidator } from "@foretile/importer";
 *
 * await using database = openValidatorDatabase({ connectionString });
 * const report = await importValidator(database, { library, predictions }, { name: "mainnet" });
 * ```
 *
 * @module
 */
export type {
  ImportOptions,
  ImportProblem,
  ImportProgress,
  ImportReport,
  ImportTarget,
  ImportTotals,
} from "./import-options.ts";
export { importValidator } from "./import-validator.ts";
