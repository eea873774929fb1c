import { isVersionStoreError } from "@foretile/version-store";
import type { StoreContext } from "../store-context.ts";
import { isTraceStoreError, TraceStoreError } from "../trace-store-error.ts";
import { tileSymbol } from "./tile-symbol.ts";

/** What was being read. */
export interface ReadTile {
  readonly tile: number;
  /** `undefined` where it is not known, or about to be made. */
  readonly version?: number | undefined;
}

/**
 * What a failure means for a tile; one that says nothing about it stays as it is. Bytes that are missing because the
 * version was removed and collected are told from damage by asking for the version once more.
 */
export async function tileError(
  context: StoreContext,
  of: ReadTile,
  error: unknown,
): Promise<unknown> {
  const { set } = context.config;
  const { tile } = of;
  const where = `set=${set} tile=${tile}`;
  const details = { set, tile };
  if (isTraceStoreError(error, "tile-damaged") && error.details["tile"] === undefined) {
    return new TraceStoreError("tile-damaged", `${error.message} ${where}`, {
      cause: error,
      details,
    });
  }
  const isMissing = isVersionStoreError(error, "data-integrity");
  if (
    isVersionStoreError(error, "version-expired", "segment-expired") ||
    (isMissing && (await wasRemoved(context, of)))
  ) {
    return new TraceStoreError("tile-expired", `version of a tile was removed ${where}`, {
      retry: "safe",
      cause: error,
      details,
    });
  }
  if (!isMissing) return error;
  return new TraceStoreError("tile-damaged", `tile is damaged ${where}`, {
    cause: error,
    details: { ...error.details, ...details },
  });
}

async function wasRemoved(
  { library, config }: StoreContext,
  { tile, version }: ReadTile,
): Promise<boolean> {
  if (version === undefined) return false;
  try {
    await library.resolveEntry(tileSymbol(config.set, tile), { asOf: version });
    return false;
  } catch (error) {
    return isVersionStoreError(error, "no-data-found");
  }
}
