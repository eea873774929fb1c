import {
  type AnnouncedRequest,
  type Answer,
  openPredictionStore,
  parseRequest,
  type PredictionStore,
} from "@foretile/prediction-store";
import { StorageError, type BlobStore, type RefStore, type Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock } from "@foretile/testkit";
import { createLibrary } from "@foretile/version-store";

import { WriterSession } from "../../src/session/writer-session.ts";
import { requestDocument, SMALL_LABEL } from "./small-request.ts";

/** A session over a store in memory, with everything below it in reach. */
export interface SessionFixture {
  readonly store: Store;
  readonly predictions: PredictionStore;
  readonly session: WriterSession;
}

/** @param wrap puts something between the session and the store, such as faults */
export async function openSessionFixture(
  options: { readonly maxOpenRequests?: number; readonly wrap?: (store: Store) => Store } = {},
): Promise<SessionFixture> {
  const { maxOpenRequests = 10, wrap = (store) => store } = options;
  const store = wrap(openMemoryStore());
  const clock = createInstantClock({ startMs: 0 });
  const predictions = await openPredictionStore({
    library: await createLibrary({ store, clock, probe: false }),
  });
  await predictions.setLabels([SMALL_LABEL]);
  return { store, predictions, session: new WriterSession(predictions, { maxOpenRequests }) };
}

export function announced(id: string, index = 0): AnnouncedRequest {
  return parseRequest(requestDocument(id, index));
}

/** A valid answer whose tile is filled with `price`. */
export function tileAnswer(miner: number, price: number): Answer {
  const tile = new Float32Array(12).fill(price);
  return {
    minerUid: miner,
    minerId: 1000 + miner,
    processTimeSeconds: 1,
    outcome: { status: "valid", tile },
  };
}

/** A fault that a test turns on and off. */
export interface Fault {
  value: Error | undefined;
  /** How many calls met it. */
  met: number;
}

export function noFault(): Fault {
  return { value: undefined, met: 0 };
}

/** A store whose blobs cannot be written while `broken.value` is an error. */
export function breakable(store: Store, broken: Fault): Store {
  return withParts(store, {
    putNew: (key, bytes, options) => {
      if (broken.value === undefined) return store.blobs.putNew(key, bytes, options);
      broken.met += 1;
      return Promise.reject(broken.value);
    },
  });
}

function refuse(): Promise<never> {
  return Promise.reject(new StorageError("unavailable", "nothing can be deleted"));
}

/** A store where nothing can be deleted. */
export function undeletable(store: Store): Store {
  return withParts(
    store,
    { deleteMany: refuse },
    {
      compareAndSet: (key, expected, next, options) =>
        next === undefined ? refuse() : store.refs.compareAndSet(key, expected, next, options),
    },
  );
}

/** A store that makes the next change of a record while `fault.value` is set, and does not answer from then on. */
export function silenced(store: Store, fault: Fault): Store {
  const { refs } = store;
  return withParts(
    store,
    {},
    {
      read: (key, options) =>
        fault.value !== undefined && fault.met > 0
          ? Promise.reject(fault.value)
          : refs.read(key, options),
      compareAndSet: async (...change) => {
        if (fault.value === undefined) return refs.compareAndSet(...change);
        if (fault.met === 0) await refs.compareAndSet(...change);
        fault.met += 1;
        throw fault.value;
      },
    },
  );
}

function withParts(store: Store, blobs: Partial<BlobStore>, refs: Partial<RefStore> = {}): Store {
  return {
    ...store,
    table: (name) => store.table(name),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
    blobs: {
      capabilities: store.blobs.capabilities,
      get: (key, options) => store.blobs.get(key, options),
      list: (range, options) => store.blobs.list(range, options),
      deleteMany: (keys, options) => store.blobs.deleteMany(keys, options),
      putNew: (key, bytes, options) => store.blobs.putNew(key, bytes, options),
      ...blobs,
    },
    refs: {
      capabilities: store.refs.capabilities,
      read: (key, options) => store.refs.read(key, options),
      list: (range, options) => store.refs.list(range, options),
      compareAndSet: (...change) => store.refs.compareAndSet(...change),
      ...refs,
    },
  };
}
