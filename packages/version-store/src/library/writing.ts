import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import type { BatchResult } from "../batch/run-batch.ts";
import { writeBatch, type WriteItem } from "../batch/write-batch.ts";
import type { CommitResult } from "../commit/queued-commit.ts";
import { discardStaged } from "../stage/discard-staged.ts";
import { finalize } from "../stage/finalize.ts";
import type { FinalizeOptions } from "../stage/finalize-options.ts";
import type { StageToken } from "../stage/stage-token.ts";
import { stage, type StageOptions } from "../stage/stage.ts";
import type { AsOf } from "../version/as-of.ts";
import { append } from "../write/append.ts";
import type { AppendOptions } from "../write/append-options.ts";
import { restoreVersion, type RestoreOptions } from "../write/restore-version.ts";
import type { StoreResult } from "../write/store-result.ts";
import { deleteRange, update } from "../write/update.ts";
import type { DeleteRangeOptions, UpdateOptions, UpdateRange } from "../write/update-options.ts";
import { write, type WriteOptions } from "../write/write.ts";
import { writeMetadata, type WriteMetadataOptions } from "../write/write-metadata.ts";
import type { LibraryContext } from "./library-context.ts";

/**
 * Making versions of values. Values handed in are only read until the promise settles; do not change them before.
 *
 * Every one of these may fail with `invalid-argument`, `read-only-library`, `quota-exceeded`, `transaction-expired`, and
 * with `commit-outcome-unknown` when the store never said whether it happened: `wasCommitted` tells later.
 */
export interface Writing {
  /**
   * Makes a version of a whole new value: a frame, an array, or any value that documents can hold, `null` too.
   *
   * Blocks that the newest version has already are used again; nothing is uploaded for them. Others who write at the
   * same time get a version each, the last one is the newest. With `skipUnchanged` nothing is published when the newest
   * version has exactly the same value, bit for bit, and the same metadata.
   *
   * @throws {VersionStoreError} `concurrent-modification` when `expectedVersion` is not the newest
   */
  write(symbol: string, value: unknown, options?: WriteOptions): Promise<StoreResult>;

  /**
   * Makes a version of the newest value and more rows after it. Nothing of the stored value is uploaded again, but for a
   * few small blocks at its end, which are merged so that many small appends leave few segments.
   *
   * Appends by others in the meantime are built upon, and the order of the rows is checked again; so are changes of
   * metadata and changes of other rows. No rows at all change nothing: the result is the newest version.
   *
   * @param value a frame or an array
   * @throws {VersionStoreError} `no-data-found` for a symbol without a value when `upsert` is off, `schema-mismatch`,
   *   `unsorted-append`, `concurrent-modification` when others changed the value in a way that cannot be built upon or
   *   `expectedVersion` is not the newest
   */
  append(symbol: string, value: unknown, options?: AppendOptions): Promise<StoreResult>;

  /**
   * Makes a version of the newest value with some rows replaced: those in `range` go, the new ones take their place, as
   * many as there are. Only blocks that are partly in the range are stored anew, together with the new rows. No new rows
   * and a range delete the range; without a range they change nothing.
   *
   * Changes by others in the meantime are built upon when they were about other rows, or about metadata.
   *
   * @param value a frame or an array
   * @throws {VersionStoreError} `no-data-found` for a symbol without a value when `upsert` is off, `schema-mismatch`,
   *   `invalid-range` for a reversed range and for rows outside the value or the range, `concurrent-modification` when
   *   others changed the same rows or the whole value or `expectedVersion` is not the newest
   */
  update(symbol: string, value: unknown, options?: UpdateOptions): Promise<StoreResult>;

  /**
   * Makes a version of the newest value without some rows. When there are none of these nothing is published, unless
   * there is new metadata.
   *
   * @throws {VersionStoreError} as {@link update}
   */
  deleteRange(
    symbol: string,
    range: UpdateRange,
    options?: DeleteRangeOptions,
  ): Promise<StoreResult>;

  /**
   * Makes a version of the newest value with other metadata. No byte of the value is read or stored.
   *
   * @param metadata `null` for none
   * @throws {VersionStoreError} `no-data-found` for a symbol without a value when `upsert` is off,
   *   `concurrent-modification` when `expectedVersion` is not the newest
   */
  writeMetadata(
    symbol: string,
    metadata: DocumentValue,
    options?: WriteMetadataOptions,
  ): Promise<CommitResult>;

  /**
   * Makes a version of the value and the metadata of an earlier one, by reference: no byte of the value is read or
   * stored. Restoring the newest version does nothing and gives that version. A snapshot can be restored after its
   * symbol was deleted.
   *
   * @throws {VersionStoreError} `no-data-found`, `no-such-snapshot` when there is nothing to restore, and the symbol
   *   stays as it is; `concurrent-modification` when the version was removed meanwhile or `expectedVersion` is not the
   *   newest
   */
  restoreVersion(symbol: string, asOf: AsOf, options?: RestoreOptions): Promise<CommitResult>;

  /**
   * Writes several values, a few at a time, each a version of its own: others may see some of them before the rest is
   * there. Values of one symbol are written one after the other.
   *
   * @returns for each item, in the order given, its result or why it failed
   */
  writeBatch(
    items: readonly WriteItem[],
    options?: CallOptions,
  ): Promise<readonly BatchResult<StoreResult>[]>;

  /**
   * Stores rows for a later {@link finalize}, so that many producers can upload at the same time. Nobody can read them
   * until then. They are given up when their lifetime is over.
   *
   * @param value a frame or an array
   * @returns plain JSON that can be sent to whoever finalizes; treat it like the data itself
   */
  stage(symbol: string, value: unknown, options?: StageOptions): Promise<StageToken>;

  /**
   * Makes one version of what was staged, whole or after the rows that are there. No byte is uploaded again unless the
   * index ranges of staged rows interleave. Every token can be used once.
   *
   * @param tokens as {@link stage} gave them; checked like any input from outside
   * @throws {VersionStoreError} `transaction-expired` when staged rows were used or given up before, `invalid-argument`
   *   for a token of another library or symbol,
   *   `schema-mismatch`, `unsorted-append` for rows that interleave with `assert-disjoint` or come before the last row, `concurrent-modification`
   */
  finalize(
    symbol: string,
    tokens: readonly unknown[],
    options: FinalizeOptions,
  ): Promise<StoreResult>;

  /** Gives staged rows up; a collection deletes them. Tokens that were used or given up before do not matter. */
  discardStaged(symbol: string, tokens: readonly unknown[], options?: CallOptions): Promise<void>;
}

export function createWriting(context: LibraryContext): Writing {
  return {
    write: (symbol, value, options) => write(context, symbol, value, options),
    append: (symbol, value, options) => append(context, symbol, value, options),
    update: (symbol, value, options) => update(context, symbol, value, options),
    deleteRange: (symbol, range, options) => deleteRange(context, symbol, range, options),
    writeMetadata: (symbol, metadata, options) => writeMetadata(context, symbol, metadata, options),
    restoreVersion: (symbol, asOf, options) => restoreVersion(context, symbol, asOf, options),
    writeBatch: (items, options) => writeBatch(context, items, options),
    stage: (symbol, value, options) => stage(context, symbol, value, options),
    finalize: (symbol, tokens, options) => finalize(context, symbol, tokens, options),
    discardStaged: (symbol, tokens, options) => discardStaged(context, symbol, tokens, options),
  };
}
