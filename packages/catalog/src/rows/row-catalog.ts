import type { Clock, IdSource } from "@foretile/resilience";
import type { CallOptions, RowStore } from "@foretile/storage";
import type { Catalog } from "../catalog.ts";
import { CatalogCalls } from "../catalog-calls.ts";
import { CatalogError } from "../catalog-error.ts";
import { checkAddress } from "../rules/check-request-save.ts";
import { claimDeletions, confirmDeletions, restore, softDelete } from "./deletion-rows.ts";
import { currentMiners, registerMiners } from "./miner-rows.ts";
import { listRequests, listScorable, sweepOpen } from "./request-listing.ts";
import { noSuchRequest, readRecord, readRequestRow } from "./request-rows.ts";
import { listRewards, writeRewards } from "./reward-rows.ts";
import type { RowContext } from "./row-context.ts";
import { RowDocuments } from "./row-documents.ts";
import { FORMAT_KEY, requestIdOf, requestKeyOfId } from "./row-keys.ts";
import { cellOf, FAMILIES, RowTable, setCell } from "./row-table.ts";
import { saveRequest } from "./save-request.ts";
import {
  dropScores,
  listScores,
  readRealizedPrices,
  readScores,
  writeScores,
} from "./score-rows.ts";

const FORMAT = ["record", "format"] as const;
const FORMAT_NUMBER = 1;

export interface RowCatalogOptions extends CallOptions {
  /** A table of its own. Closing the catalog does not close its store. */
  readonly rows: RowStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/**
 * Makes a catalog in a table, or opens the one that is there: sets up families, writes the format's number.
 *
 * @throws {CatalogError} `format-too-new`, `damaged`
 */
export async function createRowCatalog(options: RowCatalogOptions): Promise<Catalog> {
  const { rows, signal } = options;
  const families = await rows.families({ signal });
  for (const family of FAMILIES) {
    if (families.get(family)?.maxVersions !== 1) {
      await rows.setFamily(family, { maxVersions: 1 }, { signal });
    }
  }
  const documents = await RowDocuments.load();
  const table = new RowTable(rows);
  const format = documents.seal("CFMT", { format: FORMAT_NUMBER });
  const row = await table.readRow(FORMAT_KEY, ["record"], { signal });
  if (row === undefined) {
    await table.swap(FORMAT_KEY, FORMAT, undefined, [setCell(...FORMAT, format)], { signal });
  }
  return openRowCatalog(options);
}

/**
 * Opens the catalog in a table.
 *
 * @throws {CatalogError} `not-a-catalog` when none was made there, `format-too-new`, `damaged`
 */
export async function openRowCatalog(options: RowCatalogOptions): Promise<Catalog> {
  const { rows, clock, ids, signal } = options;
  const families = await rows.families({ signal });
  const missing = FAMILIES.filter((family) => !families.has(family));
  if (missing.length > 0) throw notACatalog(`missing_families=${missing.join(",")}`);
  const context: RowContext = {
    table: new RowTable(rows),
    documents: await RowDocuments.load(),
    clock,
    ids,
  };
  const row = await context.table.readRow(FORMAT_KEY, ["record"], { signal });
  const bytes = row && cellOf(row, ...FORMAT);
  if (bytes === undefined) throw notACatalog("missing_format=true");
  const format = context.documents.open("CFMT", bytes, FORMAT_KEY).integer("format");
  if (format > FORMAT_NUMBER) {
    throw new CatalogError(
      "format-too-new",
      `catalog was made by a newer release; upgrade @foretile/catalog found=${format} reads=${FORMAT_NUMBER}`,
    );
  }
  return rowCatalog(context);
}

function rowCatalog(context: RowContext): Catalog {
  const calls = new CatalogCalls();
  type Call = { readonly signal?: AbortSignal | undefined } | undefined;
  const call = <T>(options: Call, operation: () => Promise<T>): Promise<T> =>
    calls.run(options?.signal, operation);
  const close = (): Promise<void> => calls.close();

  return {
    registerMiners: (miners, options) =>
      call(options, async () => registerMiners(context, miners, options)),
    currentMiners: (options) => call(options, () => currentMiners(context, options)),
    saveRequest: (save, options) => call(options, () => saveRequest(context, save, options)),
    findRequest: (address, options) =>
      call(options, async () => {
        checkAddress(address);
        return readRequestRow(context, requestIdOf(address), options);
      }),
    readRequest: (requestId, options) =>
      call(options, () => readRequestRow(context, requestId, options)),
    listRequests: (filter, options = {}) =>
      calls.list(options.signal, () => listRequests(context, filter, options)),
    listScorable: (query, options = {}) =>
      calls.list(options.signal, () => listScorable(context, query, options)),
    readPredictions: (requestId, options) =>
      call(options, async () => {
        const key = requestKeyOfId(requestId);
        const record = key && (await readRecord(context, key, options));
        if (record === undefined) throw noSuchRequest(requestId);
        return record.predictions;
      }),
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
    dropScores: (drop, options) =>
      call(options, async () => {
        const dropped = await dropScores(context, drop, options);
        await sweepOpen(context, drop.label, drop.beforeUnixSeconds, options);
        return dropped;
      }),
    claimDeletions: (claim, options = {}) =>
      calls.list(options.signal, () => claimDeletions(context, claim, options)),
    confirmDeletions: (deleted, options) =>
      call(options, () => confirmDeletions(context, deleted, options)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function notACatalog(detail: string): CatalogError {
  return new CatalogError(
    "not-a-catalog",
    `the table holds no catalog; make one with createRowCatalog ${detail}`,
  );
}
