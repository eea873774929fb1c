import type { CommitBase, CommitResult, Transaction } from "@foretile/version-store";
import type { RunRecord } from "../run/run-record.ts";
import type { StoreContext } from "../store-context.ts";
import { tileError } from "../tile/tile-error.ts";
import {
  decodeTileManifest,
  encodeTileManifest,
  rawTileBytes,
  tileIdentity,
} from "../tile/tile-manifest.ts";
import { tileSymbol } from "../tile/tile-symbol.ts";
import type { ChangeOptions, TileChange } from "../trace-entry.ts";

/** Runs that a change of a tile leaves; `undefined` to leave it as it is. */
type BuildRuns = (
  runs: readonly RunRecord[],
  base: CommitBase,
) => Promise<readonly RunRecord[] | undefined>;

/** A change of one tile that is being made. */
export interface TileChanging {
  readonly transaction: Transaction;
  /** The runs of the newest version when the change began. */
  readonly runs: readonly RunRecord[];
  /** Publishes what `build` makes of the runs of the newest version, again when others publish first. */
  readonly commit: (
    build: BuildRuns,
    operation: "append" | "write" | "delete-range",
  ) => Promise<TileChange & { readonly runs: readonly RunRecord[] }>;
}

class NothingToChange extends Error {}

/** Makes one change of a tile. What is stored for a change that is not published is removed again. */
export async function changeTile<T>(
  context: StoreContext,
  tile: number,
  options: ChangeOptions,
  change: (changing: TileChanging) => Promise<T>,
): Promise<T> {
  const { library, config } = context;
  const { signal } = options;
  try {
    await using transaction = await library.begin(tileSymbol(config.set, tile), { signal });
    const base = await transaction.base({ signal });
    const runs = base === undefined ? [] : decodeTileManifest(config, tile, base.manifest).runs;
    return await change({
      transaction,
      runs,
      commit: (build, operation) =>
        commit({ context, tile, transaction, options }, build, operation),
    });
  } catch (error) {
    throw await tileError(context, { tile }, error);
  }
}

interface Commit {
  readonly context: StoreContext;
  readonly tile: number;
  readonly transaction: Transaction;
  readonly options: ChangeOptions;
}

async function commit(
  { context, tile, transaction, options }: Commit,
  build: BuildRuns,
  operation: "append" | "write" | "delete-range",
): Promise<TileChange & { readonly runs: readonly RunRecord[] }> {
  const { config } = context;
  const { signal, user, message } = options;
  let runs: readonly RunRecord[] = [];
  let newest: number | undefined;
  let result: CommitResult;
  try {
    result = await transaction.commit(
      async (base) => {
        const version = await base.version();
        newest = version?.version;
        const before =
          version === undefined ? [] : decodeTileManifest(config, tile, version.manifest).runs;
        const built = await build(before, base);
        if (built === undefined) throw new NothingToChange();
        runs = built;
        const content = { tile, runs };
        return {
          operation,
          manifest: encodeTileManifest(config, content),
          identity: tileIdentity(config, content),
          rawBytes: rawTileBytes(config, content),
        };
      },
      { signal, user, message },
    );
  } catch (error) {
    if (!(error instanceof NothingToChange)) throw error;
    return { tile, version: newest, changed: false, runs };
  }
  return { tile, version: result.version, changed: result.changed, runs };
}
