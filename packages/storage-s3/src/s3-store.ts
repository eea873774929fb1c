import type { Clock, Random } from "@foretile/resilience";
import { StorageError, type RowStore, type Store } from "@foretile/storage";
import { checkTableName, createCallScope, type CallScope } from "@foretile/storage/adapter";

import type { MultipartSizes } from "./put-multipart.ts";
import { createS3BlobStore } from "./s3-blob-store.ts";
import type { S3Objects } from "./s3-objects.ts";
import type { CheckedPlace } from "./s3-place.ts";
import { createS3Records } from "./s3-records.ts";
import { createS3RefStore } from "./s3-ref-store.ts";
import type { S3Requests } from "./s3-requests.ts";
import { createS3RowStore } from "./s3-row-store.ts";
import type { StoreContext } from "./store-context.ts";
import type { StoreMarker } from "./store-marker.ts";

export interface S3StoreParts {
  readonly place: CheckedPlace;
  readonly requests: S3Requests;
  readonly objects: S3Objects;
  readonly marker: StoreMarker;
  readonly clock: Clock;
  readonly random: Random;
  readonly writable: boolean;
  readonly multipart: MultipartSizes;
}

/** The contracts on one client, which closing destroys. */
export function createS3Store(parts: S3StoreParts): Store {
  const { place, requests, objects, marker, clock, random, writable } = parts;
  const { prefix } = place;
  const { traits } = marker;
  const calls = createCallScope(() => requests.close());
  const context: StoreContext = {
    place,
    requests,
    objects,
    records: createS3Records({
      objects,
      prefix,
      traits,
      clock,
      random,
      serverNowMs: () => requests.serverNowMs(),
    }),
    prefix,
    traits,
    clock,
    writable,
    checkWritable: () => {
      if (!writable) throw new StorageError("read-only", "store was opened for reading");
    },
  };
  // Of a store that holds only blobs, records and rows are elsewhere.
  const recordCalls: CallScope =
    marker.contents === "all"
      ? calls
      : { ...calls, run: (signal) => calls.run(signal, refuseRecords) };
  const tables = new Map<string, RowStore>();

  function table(name: string): RowStore {
    checkTableName(name);
    const there = tables.get(name);
    if (there !== undefined) return there;
    const created = createS3RowStore(recordCalls, context, name, random);
    tables.set(name, created);
    return created;
  }

  return {
    blobs: createS3BlobStore(calls, context, parts.multipart),
    refs: createS3RefStore(recordCalls, context),
    table,
    close: () => calls.close(),
    [Symbol.asyncDispose]: () => calls.close(),
  };
}

function refuseRecords(): never {
  throw new StorageError(
    "unsupported",
    "store holds only blobs, keep records and rows in another one with createHybridStore",
  );
}
