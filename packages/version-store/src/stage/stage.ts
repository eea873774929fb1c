import type { CallOptions } from "@foretile/storage";
import { Workspace } from "../commit/workspace.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { requireRows, type IncomingRows } from "../write/rowwise-value.ts";
import { storeFresh } from "../write/store-fresh.ts";
import { writtenValue } from "../write/written-value.ts";
import { writeToken, type StageToken } from "./stage-token.ts";

export interface StageOptions extends CallOptions {
  /** How long the rows are kept for whoever finalizes them, in milliseconds. Default: as the library's config says. */
  readonly lifetimeMs?: number | undefined;
}

/** Longest lifetime of staged rows: while they live, a collector must keep what it does not know. 31 days. */
const MAX_LIFETIME_MS = 31 * 24 * 3_600_000;

/**
 * Stores rows that are to become part of a version later, by {@link finalize}; nobody sees them until then. Any number
 * of processes may stage rows of one symbol at the same time.
 *
 * @param value a frame or an array; only read until the promise settles
 * @throws {VersionStoreError} `invalid-argument` for an opaque value or a wrong lifetime, `quota-exceeded`,
 *   `read-only-library`, `transaction-expired`
 */
export async function stage(
  context: LibraryContext,
  symbol: string,
  value: unknown,
  options: StageOptions = {},
): Promise<StageToken> {
  headKey(symbol);
  const { lifetimeMs = context.config.times.stageLifetimeMs } = options;
  if (!Number.isSafeInteger(lifetimeMs) || lifetimeMs < 1 || lifetimeMs > MAX_LIFETIME_MS) {
    throw new VersionStoreError(
      "invalid-argument",
      `lifetime must be a whole number of milliseconds from 1 to ${MAX_LIFETIME_MS} lifetime_ms=${lifetimeMs}`,
    );
  }
  const incoming = requireRows(writtenValue(context, value));
  const { token } = await context.usage.reserve(incoming.rawBytes, () =>
    storeRows(context, symbol, incoming, { ...options, lifetimeMs }),
  );
  return token;
}

async function storeRows(
  context: LibraryContext,
  symbol: string,
  incoming: IncomingRows,
  { lifetimeMs, signal }: StageOptions & { readonly lifetimeMs: number },
): Promise<{ readonly token: StageToken; readonly newBytes: number }> {
  const workspace = await Workspace.open(context, {
    kind: "stage",
    symbols: [symbol],
    lifetimeMs,
    signal,
  });
  try {
    const content = await storeFresh(
      context,
      (bytes, hash, facts, call) => workspace.putSegment({ bytes, hash, facts }, call),
      incoming,
      { signal },
    );
    await workspace.flush();
    const token = writeToken(
      { library: context.config.id, symbol, transaction: workspace.id },
      content,
    );
    const entries = content.blocks.flatMap((block) => block.segments);
    return { token, newBytes: entries.reduce((sum, { entry }) => sum + entry.length, 0) };
  } catch (error) {
    // The failure that is told is the first one; what cannot be deleted is left to a collection.
    await Promise.allSettled([workspace.close([])]);
    throw error;
  }
}
