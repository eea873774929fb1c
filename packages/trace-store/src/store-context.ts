import type { Library } from "@foretile/version-store";
import type { PartCache } from "./cache/part-cache.ts";
import type { TraceSetConfig } from "./trace-store.ts";

/** What every room of the trace store works with. */
export interface StoreContext {
  readonly library: Library;
  readonly config: TraceSetConfig;
  readonly cache: PartCache;
  /** Tiles whose runs this process is merging. */
  readonly merging: Set<number>;
}
