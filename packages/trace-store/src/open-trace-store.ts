import type { CallOptions } from "@foretile/storage";
import type { Library } from "@foretile/version-store";
import { PartCache } from "./cache/part-cache.ts";
import { NativeTraceStore } from "./native-trace-store.ts";
import { openSet } from "./set/set-config.ts";
import type { TraceStore } from "./trace-store.ts";
import type { TraceValueType } from "./trace-values.ts";

export interface TraceStoreOptions<V extends TraceValueType = TraceValueType> extends CallOptions {
  readonly library: Library;
  /** 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `.`, `_` and `-`. */
  readonly set: string;
  /** What the set's points hold. Default: what the set was made with. */
  readonly valueType?: V | undefined;
  /** Positions of a tile, 1 to 4096. Default: what the set was made with; 256 for a new one. */
  readonly tileSize?: number | undefined;
  /** Whether to make the set when there is none; needs `valueType`. Default: when `valueType` is given. */
  readonly create?: boolean | undefined;
  /** Dictionaries and other small parts of tiles are kept in memory up to so many bytes. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Opens a trace set of a library, and makes it when there is none. Does not own the library's store: closing that is up
 * to the caller.
 *
 * @throws {TraceStoreError} `invalid-set-name`, `invalid-argument`, `no-such-set`, `tile-size-mismatch`,
 *   `value-type-mismatch`, `format-too-new`
 */
export async function openTraceStore<V extends TraceValueType = TraceValueType>(
  options: TraceStoreOptions<V>,
): Promise<TraceStore<V>> {
  const { library, cacheBytes = CACHE_BYTES, signal } = options;
  const config = await openSet(library, options, { signal });
  const context = { library, config, cache: new PartCache(cacheBytes), merging: new Set<number>() };
  // The type was compared with the one that the set was made with.
  return new NativeTraceStore(context) as TraceStore as TraceStore<V>;
}
