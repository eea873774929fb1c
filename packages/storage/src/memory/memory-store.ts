import type { Clock } from "@foretile/resilience";
import { systemClock } from "@foretile/resilience/system";
import { createCallScope } from "../adapter/call-scope.ts";
import { checkTableName } from "../adapter/check-arguments.ts";
import type { BlobStoreCapabilities } from "../blob-store.ts";
import type { RefStoreCapabilities } from "../ref-store.ts";
import type { RowStore, RowStoreCapabilities } from "../row-store.ts";
import type { Store } from "../store.ts";
import { createMemoryBlobStore } from "./memory-blob-store.ts";
import { createMemoryRefStore } from "./memory-ref-store.ts";
import { createMemoryRowStore } from "./memory-row-store.ts";

/** The declared limits, lowered in tests of what happens at them. */
export interface MemoryStoreLimits {
  /** Default 1 GiB. */
  readonly maxBlobBytes?: number | undefined;
  /** Default 1 MiB. */
  readonly maxValueBytes?: number | undefined;
  /** Default 64 MiB. */
  readonly maxCellBytes?: number | undefined;
  /** Default 256. */
  readonly maxQualifierBytes?: number | undefined;
  /** Default 100 000. */
  readonly maxRowsPerMutation?: number | undefined;
}

export interface MemoryStoreOptions {
  /** Decides the age of cells. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  readonly limits?: MemoryStoreLimits | undefined;
}

/** Opens an empty store. Its contents go with the object; nothing survives {@link Store.close}. */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  const { clock = systemClock, limits = {} } = options;
  const blobCapabilities: BlobStoreCapabilities = {
    maxBlobBytes: limits.maxBlobBytes ?? 2 ** 30,
    detectsConflicts: true,
    durable: false,
  };
  const refCapabilities: RefStoreCapabilities = {
    maxValueBytes: limits.maxValueBytes ?? 2 ** 20,
    durable: false,
  };
  const rowCapabilities: RowStoreCapabilities = {
    maxCellBytes: limits.maxCellBytes ?? 2 ** 26,
    maxQualifierBytes: limits.maxQualifierBytes ?? 256,
    maxRowsPerMutation: limits.maxRowsPerMutation ?? 100_000,
    durable: false,
  };

  const tables = new Map<string, RowStore>();
  const calls = createCallScope();

  function table(name: string): RowStore {
    checkTableName(name);
    const there = tables.get(name);
    if (there !== undefined) return there;
    const created = createMemoryRowStore(calls, clock, rowCapabilities);
    tables.set(name, created);
    return created;
  }

  return {
    blobs: createMemoryBlobStore(calls, blobCapabilities),
    refs: createMemoryRefStore(calls, refCapabilities),
    table,
    close: () => calls.close(),
    [Symbol.asyncDispose]: () => calls.close(),
  };
}
