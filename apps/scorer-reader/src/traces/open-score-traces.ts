import { SCORE_TRACES, TRACE_TILE_SIZE } from "@foretile/prediction-store/traces";
import { isTraceStoreError, openTraceStore, type TraceStore } from "@foretile/trace-store";
import type { Library } from "@foretile/version-store";

const withoutTraces = ["no-such-set", "value-type-mismatch", "tile-size-mismatch"] as const;

/** The traces of a library's scores; `undefined` when nothing was ever traced. */
export async function openScoreTraces(
  library: Library,
  { signal }: { readonly signal?: AbortSignal | undefined },
): Promise<TraceStore<"float64"> | undefined> {
  try {
    return await openTraceStore({
      library,
      set: SCORE_TRACES,
      valueType: "float64",
      tileSize: TRACE_TILE_SIZE,
      create: false,
      signal,
    });
  } catch (error) {
    // A set of that name that was made otherwise is somebody else's.
    if (isTraceStoreError(error, ...withoutTraces)) return undefined;
    throw error;
  }
}
