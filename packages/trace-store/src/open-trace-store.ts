import type { CallOptions } from "@foretile/storage";
import type { Library } from "@foretile/version-store";
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
