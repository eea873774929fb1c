import type { Store } from "@foretile/storage";
import type { Library, LibraryOptions } from "@foretile/version-store";
import type { TraceStore } from "../trace-store.ts";
import type { TraceValueType } from "../trace-values.ts";

/** What a case works on: an empty store of its own, and a library in it. */
export interface CaseStore {
  readonly store: Store;
  readonly library: Library;
  /** A trace set of the library, made when there is none. Default: tiles of 8 positions. */
  readonly openTraces: <V extends TraceValueType>(
    valueType: V,
    options?: { readonly tileSize?: number; readonly set?: string; readonly library?: Library },
  ) => Promise<TraceStore<V>>;
  /** Opens the library once more, as another process would. */
  readonly openAgain: (
    options?: Pick<LibraryOptions, "clock"> & { readonly readOnly?: boolean },
  ) => Promise<Library>;
}

/** Registers one case. */
export type AddCase = (name: string, body: (on: CaseStore) => Promise<void>) => void;
