import {
  type AnnouncedRequest,
  type Answer,
  openPredictionStore,
  parseRequest,
  type PredictionStore,
} from "@foretile/prediction-store";
import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
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
  const predictions = await openPredictionStore({ library: await createLibrary({ store }) });
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

/** A store whose blobs cannot be written while `broken.value` is an error. */
export function breakable(store: Store, broken: { value: Error | undefined }): Store {
  return {
    ...store,
    refs: store.refs,
    table: (name) => store.table(name),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
    blobs: {
      capabilities: store.blobs.capabilities,
      get: (key, options) => store.blobs.get(key, options),
      list: (range, options) => store.blobs.list(range, options),
      deleteMany: (keys, options) => store.blobs.deleteMany(keys, options),
      putNew: (key, bytes, options) =>
        broken.value === undefined
          ? store.blobs.putNew(key, bytes, options)
          : Promise.reject(broken.value),
    },
  };
}
