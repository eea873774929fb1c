import type { CallOptions } from "@foretile/storage";
import { isVersionStoreError, type AsOf, type VersionEntry } from "@foretile/version-store";
import type { StoreContext } from "../store-context.ts";
import { tileError } from "./tile-error.ts";
import { decodeTileManifest, type TileContent } from "./tile-manifest.ts";
import { tileSymbol } from "./tile-symbol.ts";

/** A version of a tile, as its symbol's record tells it. */
export interface TileRef {
  readonly tile: number;
  readonly entry: VersionEntry;
}

/** A version of a tile with the list of its runs. */
export interface TileVersion extends TileRef {
  readonly content: TileContent;
}

/** About what a run's record takes in memory, and one of its segments' entries. */
const RUN_BYTES = 4096;
const SEGMENT_BYTES = 256;

/** The version of a tile that is wanted; one read of its record. `undefined` when there is none. */
export async function resolveTile(
  context: StoreContext,
  tile: number,
  options: CallOptions & { readonly asOf?: AsOf | undefined },
): Promise<TileRef | undefined> {
  const { library, config } = context;
  try {
    const { asOf, signal } = options;
    const entry = await library.resolveEntry(tileSymbol(config.set, tile), { asOf, signal });
    return { tile, entry };
  } catch (error) {
    if (isVersionStoreError(error, "no-data-found")) return undefined;
    throw await tileError(context, { tile }, error);
  }
}

/** The runs of a version; nothing is read for one that is known. */
export async function openTile(
  context: StoreContext,
  { tile, entry }: TileRef,
  { signal }: CallOptions,
): Promise<TileVersion> {
  const { library, config, cache } = context;
  const symbol = tileSymbol(config.set, tile);
  try {
    const name = `${tile} ${entry.commitId}`;
    let content = cache.get("version", name);
    if (content === undefined) {
      const { manifest } = await library.readVersion(symbol, entry, { signal });
      content = { ...decodeTileManifest(config, tile, manifest), version: entry.version };
      const segments = manifest.segments.length;
      cache.put(
        "version",
        name,
        content,
        RUN_BYTES * content.runs.length + SEGMENT_BYTES * segments,
      );
    }
    return { tile, entry, content };
  } catch (error) {
    throw await tileError(context, { tile, version: entry.version }, error);
  }
}
