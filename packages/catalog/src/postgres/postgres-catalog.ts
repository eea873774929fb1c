import type { Clock } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import type { Catalog, RequestFilter } from "../catalog.ts";
import { CatalogCalls } from "../catalog-calls.ts";
import { checkAddress } from "../rules/check-request-save.ts";
import { Database, type DatabaseOptions } from "./database.ts";
import { claimDeletions, confirmDeletions, restore, softDelete } from "./deletion-statements.ts";
import { findRequest, readRequest } from "./find-request.ts";
import { checkLabelRules, type LabelRule } from "./label-rule.ts";
import { listDuplicates, type DuplicateRequests } from "./list-duplicates.ts";
import { listRequests, listScorable } from "./list-requests.ts";
import { currentMiners, registerMiners } from "./miner-statements.ts";
import type { PostgresContext } from "./postgres-context.ts";
import { readPredictions } from "./read-predictions.ts";
import { listRewards, writeRewards } from "./reward-statements.ts";
import { saveRequest } from "./save-request.ts";
import { checkSchema, migrateSchema } from "./schema/migrate-schema.ts";
import {
  dropScores,
  listScores,
  readRealizedPrices,
  readScores,
  writeScores,
} from "./score-statements.ts";

export interface PostgresCatalogOptions extends DatabaseOptions, CallOptions {
  /** What the requests of each label look like. */
  readonly labels: readonly LabelRule[];
  readonly clock: Clock;
}

/** A catalog in a database that other programs may write too. */
export interface PostgresCatalog extends Catalog {
  /**
   * Requests that another program saved more than once, the latest first, at most 1 000. They are listed and read one by
   * one; `findRequest` and `saveRequest` refuse their address.
   */
  listDuplicates(
    filter: Omit<RequestFilter, "scored" | "alive">,
    options?: CallOptions,
  ): Promise<readonly DuplicateRequests[]>;
}

/**
 * Sets a database up for a catalog, or opens the one that is there. Makes the network's tables where none is, and ours
 * beside them; tables that the validator's own migrations made are left as they are.
 *
 * @throws {CatalogError} `schema-mismatch` for tables that are there in part: nothing is changed then;
 *   `format-too-new`, `permission-denied`, `unavailable`, `invalid-argument` for rules that contradict each other
 */
export async function createPostgresCatalog(
  options: PostgresCatalogOptions,
): Promise<PostgresCatalog> {
  return open(options, (database) => migrateSchema(database, options.clock, options.signal));
}

/**
 * Opens the catalog of a database; changes nothing.
 *
 * @throws {CatalogError} `not-a-catalog` when it must be set up first, and as {@link createPostgresCatalog}
 */
export async function openPostgresCatalog(
  options: PostgresCatalogOptions,
): Promise<PostgresCatalog> {
  return open(options, async () => {});
}

async function open(
  options: PostgresCatalogOptions,
  prepare: (database: Database) => Promise<void>,
): Promise<PostgresCatalog> {
  checkLabelRules(options.labels);
  const database = new Database(options);
  try {
    await prepare(database);
    await database.transaction(options.signal, checkSchema);
  } catch (error) {
    await database.close();
    throw error;
  }
  return postgresCatalog({ database, clock: options.clock, rules: options.labels });
}

function postgresCatalog(context: PostgresContext): PostgresCatalog {
  const calls = new CatalogCalls();
  const call = <T>(options: CallOptions | undefined, operation: () => Promise<T>): Promise<T> =>
    calls.run(options?.signal, operation);
  const close = (): Promise<void> => calls.close(() => context.database.close());

  return {
    registerMiners: (miners, options) =>
      call(options, () => registerMiners(context, miners, options)),
    currentMiners: (options) => call(options, () => currentMiners(context, options)),
    saveRequest: (save, options) => call(options, () => saveRequest(context, save, options)),
    findRequest: (address, options) =>
      call(options, async () => {
        checkAddress(address);
        return context.database.transaction(options?.signal, (queries) =>
          findRequest(context, queries, address),
        );
      }),
    readRequest: (requestId, options) =>
      call(options, () => readRequest(context, requestId, options)),
    listRequests: (filter, options = {}) =>
      calls.list(options.signal, () => listRequests(context, filter, options)),
    listScorable: (query, options = {}) =>
      calls.list(options.signal, () => listScorable(context, query, options)),
    readPredictions: (requestId, options) =>
      call(options, () => readPredictions(context, requestId, options)),
    writeScores: (scores, options) => call(options, () => writeScores(context, scores, options)),
    readScores: (requestId, options) =>
      call(options, () => readScores(context, requestId, options)),
    readRealizedPrices: (requestId, options) =>
      call(options, () => readRealizedPrices(context, requestId, options)),
    listScores: (filter, options = {}) =>
      calls.list(options.signal, () => listScores(context, filter, options)),
    writeRewards: (rewards, options) =>
      call(options, () => writeRewards(context, rewards, options)),
    listRewards: (filter, options = {}) =>
      calls.list(options.signal, () => listRewards(context, filter, options)),
    softDelete: (requestIds, deletion, options) =>
      call(options, async () => softDelete(context, requestIds, deletion, options)),
    restore: (requestIds, restoration, options) =>
      call(options, async () => restore(context, requestIds, restoration, options)),
    dropScores: (drop, options) => call(options, () => dropScores(context, drop, options)),
    claimDeletions: (claim, options = {}) =>
      calls.list(options.signal, () => claimDeletions(context, claim, options)),
    confirmDeletions: (deleted, options) =>
      call(options, () => confirmDeletions(context, deleted, options)),
    listDuplicates: (filter, options) =>
      call(options, () => listDuplicates(context, filter, options)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
