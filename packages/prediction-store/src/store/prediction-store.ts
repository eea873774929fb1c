import type { TileMode } from "@foretile/codecs";
import type { KernelMemory } from "@foretile/kernels";
import type { CallOptions } from "@foretile/storage";
import {
  isVersionStoreError,
  toHex,
  type AsOf,
  type Library,
  type RestoreOptions,
  type Version,
  type VersionEntry,
} from "@foretile/version-store";
import type { PackedAnswer, PackingSettings } from "../answer/answer-packer.ts";
import type { Answer } from "../answer/answer.ts";
import type { LabelConfig } from "../label/label-config.ts";
import { readLabels, writeLabels } from "../label/label-record.ts";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { readRecord, writeRecord, type RecordResult } from "../record/record.ts";
import { checkForecastRequest, type ForecastRequest } from "../request/forecast-request.ts";
import { parseRequestKey, requestKey, type RequestAddress } from "../request/request-key.ts";
import {
  decodeScoreSet,
  encodeScoreSet,
  SCORES_HANDLER,
  type ScoreSet,
} from "../scores/score-set.ts";
import { createTileTools, type TileTools } from "../tile/tile-tools.ts";
import type { VerifyEvent } from "../verify/verify-event.ts";
import { verifyStore } from "../verify/verify-store.ts";
import { Publication, type PublishResult } from "./publication.ts";
import { PublishedRequest } from "./published-request.ts";
import {
  requestSymbol,
  requestSymbolPrefix,
  scoresSymbol,
  scoresSymbolPrefix,
  symbolKey,
  wantedAddress,
  type RequestFilter,
} from "./request-symbol.ts";
import {
  listedRequestVersion,
  requestVersion,
  type ListedRequestVersion,
  type RequestVersion,
} from "./request-version.ts";

export interface PredictionStoreOptions {
  readonly library: Library;
  /** How new tiles are encoded; any mode can be read. Default `pack`. */
  readonly mode?: TileMode | undefined;
  /**
   * Where kernels work: tiles that are written from it or read into it are encoded and decoded in place. What is free of
   * it is used for encoded segments too, up to a quarter at a time, so that of a store that has its bytes at hand nothing
   * is copied in memory once it was read. Default: memory of the store's own.
   */
  readonly memory?: KernelMemory | undefined;
}

/** A request and its newest version. */
export interface RequestSummary extends RequestVersion {
  readonly key: string;
  readonly request: RequestAddress;
}

/** The version that taking an earlier one back made. */
export interface RestoredRequest extends Pick<RequestVersion, "version" | "versionHash"> {
  /** `false` when the newest version was meant: it is the one told here. */
  readonly changed: boolean;
  /** Why something could not be tidied up after it was published; the version is whole. */
  readonly cleanupError?: Error;
}

/** A request that has scores. */
export interface ScoredRequest {
  readonly key: string;
  readonly request: RequestAddress;
  /** The newest version of its score record, or the one that the snapshot pins. */
  readonly scoresVersion: number;
}

/** Scores, and which version of a request's score record they are. */
export interface ScoreRecord {
  readonly version: number;
  readonly scores: ScoreSet;
}

export interface ReadRequestOptions extends CallOptions {
  /** A version's number, one counted from the newest (−1), a time, or a snapshot. Default: the newest. */
  readonly asOf?: AsOf | undefined;
}

export interface ListRequestsOptions extends CallOptions {
  /** Told of each request whose head is damaged. Without it, the first one ends the listing with its error. */
  readonly onDamaged?: ((error: Error) => void) | undefined;
  /** What this snapshot pins, with the version it pins, instead of what is there now. */
  readonly snapshot?: string | undefined;
}

/**
 * The domain facade: publishes the answers of a request all at once, reads them back, keeps labels and scores. Every
 * request, every score set and the label configuration are symbols of one library, with all its versions.
 */
export class PredictionStore {
  readonly #library: Library;
  readonly #tools: TileTools;
  readonly #mode: TileMode;

  /** Made by {@link openPredictionStore}. */
  constructor(library: Library, tools: TileTools, mode: TileMode) {
    this.#library = library;
    this.#tools = tools;
    this.#mode = mode;
  }

  /** How an {@link AnswerPacker} on whatever thread has to pack tiles for this store. */
  get packingSettings(): PackingSettings {
    return { mode: this.#mode, usesCells: this.#usesCells };
  }

  get #usesCells(): boolean {
    return this.#library.config.composition.placement === "cells";
  }

  /** The label configuration, in the order it was written. */
  labels(options?: CallOptions): Promise<readonly LabelConfig[]> {
    return readLabels(this.#library, options);
  }

  /**
   * Replaces the label configuration by its next version.
   *
   * @throws {PredictionStoreError} `invalid-label`
   */
  setLabels(labels: readonly LabelConfig[], options?: CallOptions): Promise<RecordResult> {
    return writeLabels(this.#library, labels, options);
  }

  /**
   * Starts publishing answers to a request: a new one, or one that was published before and gets a next version.
   *
   * @throws {PredictionStoreError} `invalid-request`; `request-mismatch` when it was published with other sizes
   */
  async begin(request: ForecastRequest, options?: CallOptions): Promise<Publication> {
    checkForecastRequest(request);
    const key = requestKey(request);
    const transaction = await this.#library.begin(requestSymbol(key), options);
    try {
      const base = await transaction.base(options);
      const usesCells = this.#usesCells;
      const parts = { key, request, transaction, base, mode: this.#mode, usesCells };
      return new Publication({ ...parts, tools: this.#tools });
    } catch (error) {
      await transaction.abandon();
      throw error;
    }
  }

  /**
   * Publishes answers to a request in one version, or nothing. The same answers again, from whomever, end in the same
   * version; another answer of a published miner makes the next one.
   *
   * @param answers taken one by one; each tile is only read until the next one is asked for
   */
  async publish(
    request: ForecastRequest,
    answers: Iterable<Answer | PackedAnswer> | AsyncIterable<Answer | PackedAnswer>,
    options?: CallOptions,
  ): Promise<PublishResult> {
    await using publication = await this.begin(request, options);
    for await (const answer of answers) await publication.put(answer, options);
    return await publication.publish(options);
  }

  /**
   * Resolves one version of a request; what is read through the result stays that version.
   *
   * @param key as made by `requestKey`
   * @throws {PredictionStoreError} `no-such-request`, `invalid-request` for a malformed key, `damaged`
   */
  async read(key: string, options: ReadRequestOptions = {}): Promise<PublishedRequest> {
    const address = parseRequestKey(key);
    const version = await this.#readVersion(key, options);
    const published = new PublishedRequest(key, version, this.#library, this.#tools);
    const { label, asset, startUnixSeconds } = published.request;
    if (
      label !== address.label ||
      asset !== address.asset ||
      startUnixSeconds !== address.startUnixSeconds
    ) {
      throw new PredictionStoreError("damaged", `another request is stored under that key=${key}`);
    }
    return published;
  }

  /** The wanted requests, in batches, in order of their keys: by label, asset, start time. */
  async *list(
    filter: RequestFilter = {},
    options: ListRequestsOptions = {},
  ): AsyncGenerator<readonly RequestSummary[], void, undefined> {
    for await (const batch of this.#listKeys(requestSymbolPrefix(filter), filter, options)) {
      yield batch.map(({ key, address, newest }) => ({
        key,
        request: address,
        ...requestVersion(newest),
      }));
    }
  }

  /**
   * The versions of a request that can be read, newest first, each with the snapshots that pin it.
   *
   * @throws {PredictionStoreError} `no-such-request`
   */
  async listVersions(key: string, options?: CallOptions): Promise<readonly ListedRequestVersion[]> {
    parseRequestKey(key);
    const versions: ListedRequestVersion[] = [];
    for await (const batch of this.#library.listVersions(requestSymbol(key), options)) {
      versions.push(...batch.filter(({ deleted }) => !deleted).map(listedRequestVersion));
    }
    if (versions.length === 0) throw noSuchRequest(key);
    return versions;
  }

  /**
   * Makes an earlier version of a request the newest, as its next version and by reference: no tile is read or stored.
   * The newest version itself stays as it is. What a snapshot pins can be taken back after the request was deleted.
   *
   * @param key as made by `requestKey`
   * @throws {PredictionStoreError} `no-such-request`, `invalid-request` for a malformed key, `damaged`
   * @throws {VersionStoreError} `no-such-snapshot`, `concurrent-modification`, `commit-outcome-unknown`
   */
  async restore(key: string, asOf: AsOf, options?: RestoreOptions): Promise<RestoredRequest> {
    parseRequestKey(key);
    try {
      const result = await this.#library.restoreVersion(requestSymbol(key), asOf, options);
      return {
        version: result.version,
        versionHash: toHex(result.contentHash),
        changed: result.changed,
        ...(result.cleanupError === undefined ? {} : { cleanupError: result.cleanupError }),
      };
    } catch (error) {
      throw requestError(key, asOf, error);
    }
  }

  /** Stores the scores of a request as the next version of its score record, unless they are there already. */
  async writeScores(scores: ScoreSet, options?: CallOptions): Promise<RecordResult> {
    parseRequestKey(scores.requestKey);
    const symbol = scoresSymbol(scores.requestKey);
    return writeRecord(this.#library, symbol, SCORES_HANDLER, encodeScoreSet(scores), options);
  }

  /** The scores of a request, `undefined` when it was not scored. `version` counts the score record's own versions. */
  async readScores(key: string, options?: ReadRequestOptions): Promise<ScoreSet | undefined> {
    return (await this.readScoreRecord(key, options))?.scores;
  }

  /** As {@link readScores}, with the version that the score record itself has. */
  async readScoreRecord(
    key: string,
    options?: ReadRequestOptions,
  ): Promise<ScoreRecord | undefined> {
    parseRequestKey(key);
    const record = await readRecord(this.#library, scoresSymbol(key), SCORES_HANDLER, options);
    return record && { version: record.version, scores: decodeScoreSet(record.reader) };
  }

  /** Which requests have scores, in which version, in order of their keys: reads no scores. */
  async *listScored(
    filter: RequestFilter = {},
    options: ListRequestsOptions = {},
  ): AsyncGenerator<readonly ScoredRequest[], void, undefined> {
    for await (const batch of this.#listKeys(scoresSymbolPrefix(filter), filter, options)) {
      yield batch.map(({ key, address, newest }) => ({
        key,
        request: address,
        scoresVersion: newest.version,
      }));
    }
  }

  /** The newest scores of the wanted requests, in order of their keys. */
  async *listScores(
    filter: RequestFilter = {},
    options: ListRequestsOptions = {},
  ): AsyncGenerator<ScoreSet, void, undefined> {
    for await (const batch of this.#listKeys(scoresSymbolPrefix(filter), filter, options)) {
      for (const { key } of batch) {
        const asOf = options.snapshot === undefined ? undefined : { snapshot: options.snapshot };
        const scores = await this.readScores(key, { signal: options.signal, asOf });
        if (scores !== undefined) yield scores;
      }
    }
  }

  /** Reads everything of the store and compares it with every hash there is. */
  verify(options?: CallOptions): AsyncIterable<VerifyEvent> {
    return verifyStore(this.#library, this.#tools, options);
  }

  async #readVersion(key: string, options: ReadRequestOptions): Promise<Version> {
    try {
      return await this.#library.resolve(requestSymbol(key), options);
    } catch (error) {
      throw requestError(key, options.asOf, error);
    }
  }

  async *#listKeys(
    prefix: string,
    filter: RequestFilter,
    { signal, onDamaged, snapshot }: ListRequestsOptions,
  ): AsyncGenerator<readonly ListedKey[], void, undefined> {
    for await (const symbols of this.#library.listSymbols({ prefix, snapshot, signal })) {
      const batch: ListedKey[] = [];
      for (const entry of symbols) {
        if (entry.symbol === undefined) {
          if (onDamaged === undefined) throw entry.error;
          onDamaged(entry.error);
          continue;
        }
        const key = symbolKey(entry.symbol);
        const address = key === undefined ? undefined : wantedAddress(key, filter);
        if (key !== undefined && address !== undefined) {
          batch.push({ key, address, newest: entry.newest });
        }
      }
      if (batch.length > 0) yield batch;
    }
  }
}

/** The prediction store of a library. Does not own the library's store: closing that is up to the caller. */
export async function openPredictionStore({
  library,
  mode,
  memory,
}: PredictionStoreOptions): Promise<PredictionStore> {
  return new PredictionStore(library, await createTileTools(memory), mode ?? "pack");
}

interface ListedKey {
  readonly key: string;
  readonly address: RequestAddress;
  readonly newest: VersionEntry;
}

/** What a failure of the library means for a request; one that says nothing about it stays as it is. */
function requestError(key: string, asOf: AsOf | undefined, error: unknown): unknown {
  if (isVersionStoreError(error, "no-data-found")) return noSuchRequest(key, asOf, error);
  if (!isVersionStoreError(error, "data-integrity")) return error;
  const { details } = error;
  return new PredictionStoreError("damaged", `request is damaged key=${key}`, {
    cause: error,
    details,
  });
}

function noSuchRequest(key: string, asOf?: AsOf, cause?: unknown): PredictionStoreError {
  return new PredictionStoreError(
    "no-such-request",
    asOf === undefined
      ? `no such request key=${key}`
      : `no such version of the request key=${key} as_of=${JSON.stringify(asOf)}`,
    { cause },
  );
}
