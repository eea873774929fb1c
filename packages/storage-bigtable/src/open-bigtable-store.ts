import { createIdSource, createRetryPolicy, type Clock, type Random } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";
import { StorageError, type Store } from "@foretile/storage";
import { withRemoteDefaults, type RemoteDefaultsOptions } from "@foretile/storage/layers";

import { answerInTime } from "./answer-in-time.ts";
import { placeNames, type BigtablePlace } from "./bigtable-place.ts";
import { createBigtableStore } from "./bigtable-store.ts";
import { openConnection } from "./connection.ts";
import { checkReadable } from "./check-readable.ts";
import { resolveLimits, type BigtableLimits } from "./limits.ts";
import { tableOf, type StoreContext } from "./store-context.ts";
import { checkConditionalWrites, checkMarker, writeMarker } from "./store-marker.ts";
import { storeTables } from "./store-tables.ts";
import { createWantedTable } from "./table-admin.ts";

/**
 * How a store is opened.
 *
 * - `create`: makes the tables of a new store and opens it for writing. Needs `roles/bigtable.admin`.
 * - `write`: opens a store that is there. Needs `roles/bigtable.user`.
 * - `read`: opens a store that is there; every write fails with `read-only`. Needs `roles/bigtable.reader`.
 */
export type BigtableStoreMode = "create" | "write" | "read";

export interface BigtableStoreOptions extends BigtablePlace {
  readonly mode: BigtableStoreMode;
  /**
   * `rows`: only tables of rows, which need no store around them: those that another program made. Blobs and refs fail
   * with `not-a-store` then, unless there is a store. Default `all`.
   */
  readonly contents?: "all" | "rows" | undefined;
  /** Decides the age of cells, and paces retries. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Makes tokens, and jitters retries. Default: the machine's randomness. */
  readonly random?: Random | undefined;
  readonly limits?: BigtableLimits | undefined;
  /**
   * The numbers of the layers around the store: a deadline for each attempt, a limit on the calls under way, retries.
   * `false` opens the bare store, whose calls are each tried once and may take for ever; only opening may not.
   */
  readonly layers?: Partial<RemoteDefaultsOptions> | false | undefined;
  /** Ends the opening. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a store in a Bigtable instance.
 *
 * Opening tries what the store will need: it reads both of its tables, and for writing makes a conditional write that
 * changes nothing. A store may be open any number of times.
 *
 * @throws {StorageError} `not-a-store` when there is nothing or something else, `conflict` when `create` meets a store,
 *   `format-too-new`, `permission-denied` naming the missing role, `unsupported` for an app profile without single-row
 *   transactions, `unavailable` for an endpoint that is not there, `timeout` for one that has not answered for a minute,
 *   `invalid-argument`; the reason of the signal
 */
export async function openBigtableStore(options: BigtableStoreOptions): Promise<Store> {
  const { mode, clock = systemClock, random = systemRandom, layers, signal } = options;
  const limits = resolveLimits(options.limits);
  const context: StoreContext = {
    names: placeNames(options),
    connection: openConnection(options, limits.channels),
    appProfile: options.appProfile,
    limits,
    clock,
    ids: createIdSource(clock, random),
    writable: mode !== "read",
  };
  // Checking may be repeated; making may not: a second try would meet the store that the first one made.
  const maxAttempts = layers === false ? 1 : layers?.maxAttempts;
  const policy = createRetryPolicy({ clock, random, maxAttempts });
  const answer = { place: options, clock, signal };
  try {
    if (mode === "create") {
      const create = (ending: AbortSignal): Promise<void> => createStore(context, ending);
      await answerInTime(create, { ...answer, retry: "unknown-outcome" });
    } else if (options.contents !== "rows") {
      const check = (ending: AbortSignal): Promise<void> =>
        policy.run(() => checkStore(context, ending), { idempotent: true, signal: ending });
      await answerInTime(check, { ...answer, retry: "safe" });
    }
  } catch (error) {
    await context.connection.close();
    throw error;
  }
  const store = createBigtableStore(context);
  return layers === false ? store : withRemoteDefaults(store, { clock, random, ...layers });
}

async function createStore(context: StoreContext, signal: AbortSignal): Promise<void> {
  const { names } = context;
  for (const { id, families } of storeTables(names)) {
    await createWantedTable(tableOf(context, id), names.instance, families, signal);
  }
  // A table that was there may be left of a store that was not made to the end. The marker decides.
  if (!(await writeMarker(tableOf(context, names.refs), signal))) {
    throw new StorageError("conflict", `a store is there already table=${names.refs}`);
  }
}

async function checkStore(context: StoreContext, signal: AbortSignal): Promise<void> {
  const { names, writable } = context;
  const refs = tableOf(context, names.refs);
  await checkMarker(refs, signal);
  await Promise.all([
    checkReadable(tableOf(context, names.blobs), signal),
    ...(writable ? [checkConditionalWrites(refs, signal)] : []),
  ]);
}
