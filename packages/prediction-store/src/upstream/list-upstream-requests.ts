import { assetRange } from "@foretile/keyspace";
import { inKeyRange, type CallOptions, type KeyRange, type RowStore } from "@foretile/storage";
import { addressOfRow, UPSTREAM_FAMILY, UPSTREAM_QUALIFIER } from "./upstream-row.ts";

/** A request of which a table of upstream's has rows. The label is not told there: the table stands for it. */
export interface UpstreamRequest {
  readonly asset: string;
  readonly startUnixSeconds: number;
}

export interface ListUpstreamOptions extends CallOptions {
  /** Only this asset. Default: all. */
  readonly asset?: string | undefined;
  /** Only requests that start at this time or later. */
  readonly fromUnixSeconds?: number | undefined;
  /** Only requests that start before this time. */
  readonly toUnixSeconds?: number | undefined;
  /** Told of each key that is no prediction's. Upstream's start-up probe reads one, and writes none. */
  readonly onForeign?: ((key: string) => void) | undefined;
}

/**
 * The requests of which a table has rows, in the order of their keys. Reads one row of each, with its value, and skips
 * the others.
 */
export async function* listUpstreamRequests(
  table: RowStore,
  options: ListUpstreamOptions = {},
): AsyncGenerator<UpstreamRequest, void, undefined> {
  const { asset, fromUnixSeconds = 0, toUnixSeconds = Infinity, onForeign, signal } = options;
  const whole: KeyRange = asset === undefined ? {} : assetRange(asset);
  let next: KeyRange | undefined = whole;
  while (next !== undefined) {
    const key = await firstKey(table, next, { signal });
    if (key === undefined || !inKeyRange(key, whole)) return;
    const address = addressOfRow(key);
    if (address === undefined) onForeign?.(key);
    else if (
      address.startUnixSeconds >= fromUnixSeconds &&
      address.startUnixSeconds < toUnixSeconds
    ) {
      const { asset: found, startUnixSeconds } = address;
      yield { asset: found, startUnixSeconds };
    }
    next = { ...whole, gte: keyAfter(key, address !== undefined) };
  }
}

async function firstKey(
  table: RowStore,
  range: KeyRange,
  { signal }: CallOptions,
): Promise<string | undefined> {
  const qualifiers = { gte: UPSTREAM_QUALIFIER, lt: `${UPSTREAM_QUALIFIER} ` };
  const filter = { families: [UPSTREAM_FAMILY], qualifiers, cellsPerColumn: 1 };
  const rows = table.readRows({ ranges: [range] }, { filter, limit: 1, signal });
  for await (const [row] of rows) return row?.key;
  return undefined;
}

/** The first key that may be of another request; after a foreign key, the next one. */
function keyAfter(key: string, isPrediction: boolean): string {
  // `~` sorts after every digit, a space before every character of a key.
  return isPrediction ? `${key.slice(0, key.lastIndexOf("#"))}#~` : `${key} `;
}
