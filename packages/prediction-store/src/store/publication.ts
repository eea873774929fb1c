import type { TileMode } from "@foretile/codecs";
import type { CallOptions } from "@foretile/storage";
import { equalBytes, toHex, type Transaction, type Version } from "@foretile/version-store";
import type { PackedAnswer } from "../answer/answer-packer.ts";
import type { Answer, ValidAnswer } from "../answer/answer.ts";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { stepCount, type ForecastRequest } from "../request/forecast-request.ts";
import type { PackedTile } from "../tile/packed-tile.ts";
import { type TileSegments, writePackedTile, writeTile } from "../tile/tile-writer.ts";
import { cellOf, tileLayout } from "../tile/tile-cell.ts";
import type { TileTools } from "../tile/tile-tools.ts";
import { tileContentHash } from "../tile/tile-bits.ts";
import {
  decodePredictionManifest,
  encodePredictionManifest,
  predictionIdentity,
  rawTileBytes,
  type PredictionContent,
  type StoredAnswer,
  type StoredTile,
} from "./prediction-manifest.ts";
import { Slots } from "./slots.ts";

/** How many tiles are encoded and stored at once; the others wait, and so do their callers. */
const TILES_UNDER_WAY = 8;

export interface PublishResult {
  /** The request's key. */
  readonly key: string;
  readonly version: number;
  /** SHA-256 of what the version says, 64 hexadecimal characters: the same on every store and for every codec. */
  readonly versionHash: string;
  /** `false` when the newest version said the same already. */
  readonly changed: boolean;
  /** Answers in the version, those of earlier publications included. */
  readonly answers: { readonly valid: number; readonly invalid: number };
  /** Bytes of the version's tiles as float32. */
  readonly rawBytes: number;
  /** Bytes of its segments. */
  readonly storedBytes: number;
  /** Why something of this publication could not be tidied up after it was published; the version is whole. */
  readonly cleanupError?: Error;
}

interface Placed {
  /** The number of the `put` call: a later answer of the same miner replaces an earlier one. */
  readonly turn: number;
  readonly answer: StoredAnswer;
}

/** The parts a publication works with. */
export interface PublicationParts {
  readonly key: string;
  readonly request: ForecastRequest;
  readonly transaction: Transaction;
  /** The newest version when the publication began. */
  readonly base: Version | undefined;
  readonly tools: TileTools;
  readonly mode: TileMode;
  /** Whether the library keeps segments in tables. */
  readonly usesCells: boolean;
}

/**
 * One publication of a request: answers are encoded and stored as they come, in bounded memory, and become visible all
 * at once with {@link publish}, or never.
 *
 * Publishing merges over the newest version: answers of miners who are not in this publication stay as they are.
 */
export class Publication implements AsyncDisposable {
  readonly key: string;
  readonly request: ForecastRequest;
  readonly #parts: PublicationParts;
  readonly #slots = new Slots(TILES_UNDER_WAY);
  readonly #placed = new Map<number, Placed>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #baseTiles = new Map<number, StoredTile>();
  #turns = 0;
  #open = true;

  /** Made by `PredictionStore.begin`. */
  constructor(parts: PublicationParts) {
    this.#parts = parts;
    this.key = parts.key;
    this.request = parts.request;
    if (parts.base !== undefined) {
      for (const answer of this.#contentOf(parts.base).answers) {
        if (answer.status === "valid") this.#baseTiles.set(answer.minerId, answer);
      }
    }
  }

  /**
   * Adds a miner's answer. A later answer of the same miner replaces it. Calls may overlap; only a few tiles are worked
   * on at once, so awaiting each call, or a bounded number of them, bounds memory.
   *
   * A call that fails adds nothing; the publication stays open and the call may be repeated.
   *
   * @param answer its tile, or the segments of a packed one, are only read until the promise settles
   * @returns `unchanged` when the newest version, or this publication, has the very same tile of this miner already
   * @throws {PredictionStoreError} `invalid-answer` when the tile has not the request's size, or ids are no whole
   *   numbers; `publication-closed`
   */
  async put(answer: Answer | PackedAnswer, options?: CallOptions): Promise<"stored" | "unchanged"> {
    this.#mustBeOpen();
    checkAnswer(answer, this.request);
    const turn = this.#turns;
    this.#turns += 1;
    const { outcome } = answer;
    if (outcome.status === "invalid") {
      const { reason, message } = outcome;
      this.#place(turn, { ...factsOf(answer), status: "invalid", reason, message });
      return "stored";
    }
    const work = this.#slots.run(() => this.#putTile(turn, answer, outcome, options));
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  /**
   * Makes the request visible with all answers that were put, after waiting for those under way, and closes the
   * publication. When it fails and the publication is still open, nothing was published and it may be called again.
   *
   * @throws {PredictionStoreError} `request-mismatch` when the key's newest version has other sizes
   * @throws {VersionStoreError} `concurrent-modification`, `commit-outcome-unknown`
   */
  async publish(options?: CallOptions): Promise<PublishResult> {
    this.#mustBeOpen();
    this.#open = false;
    const { transaction } = this.#parts;
    await Promise.allSettled(this.#underWay);
    let content: PredictionContent | undefined;
    try {
      const result = await transaction.commit(
        async (base) => {
          content = this.#merge(await base.version());
          return {
            manifest: encodePredictionManifest(content),
            identity: predictionIdentity(content),
            rawBytes: rawTileBytes(content),
          };
        },
        { ...options, skipUnchanged: true },
      );
      const answers = content?.answers ?? [];
      const valid = answers.filter((answer) => answer.status === "valid").length;
      return {
        key: this.key,
        version: result.version,
        versionHash: toHex(result.contentHash),
        changed: result.changed,
        answers: { valid, invalid: answers.length - valid },
        rawBytes: content === undefined ? 0 : rawTileBytes(content),
        storedBytes: result.storedBytes,
        ...(result.cleanupError === undefined ? {} : { cleanupError: result.cleanupError }),
      };
    } finally {
      this.#open = transaction.isOpen;
    }
  }

  /** Whether it still takes answers. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Gives the publication up: nothing of it becomes visible. Does nothing once it is closed. */
  async abandon(): Promise<void> {
    this.#open = false;
    await Promise.allSettled(this.#underWay);
    await this.#parts.transaction.abandon();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abandon();
  }

  async #putTile(
    turn: number,
    answer: Answer | PackedAnswer,
    outcome: ValidOutcome,
    options?: CallOptions,
  ): Promise<"stored" | "unchanged"> {
    const { mode, contentHash } = await this.#hashTile(outcome);
    const same = this.#sameTile(answer.minerId, contentHash);
    if (same !== undefined) {
      this.#place(turn, { ...same, ...factsOf(answer) });
      return "unchanged";
    }
    const stored = await this.#writeTile(answer.minerId, outcome, options);
    this.#place(turn, {
      ...factsOf(answer),
      status: "valid",
      mode,
      contentHash,
      ...stored,
    });
    return "stored";
  }

  async #hashTile(outcome: ValidOutcome): Promise<Pick<PackedTile, "mode" | "contentHash">> {
    if (outcome.status === "packed") return outcome.tile;
    return { mode: this.#parts.mode, contentHash: await tileContentHash(outcome.tile) };
  }

  #writeTile(
    minerId: number,
    outcome: ValidOutcome,
    { signal }: CallOptions = {},
  ): Promise<TileSegments> {
    const { tools, mode, transaction, usesCells } = this.#parts;
    const { request } = this;
    const options = { cell: cellOf(request, minerId), signal };
    if (outcome.status === "packed") return writePackedTile(transaction, outcome.tile, options);
    const shape = { simulations: request.simulations, steps: stepCount(request) };
    const layout = tileLayout(request, mode, usesCells);
    const { tile: values, decimals } = outcome;
    return writeTile(tools, transaction, { values, decimals, shape, mode, layout }, options);
  }

  /** A stored tile with these bits, of this publication or of the version it began on. */
  #sameTile(minerId: number, contentHash: Uint8Array): StoredTile | undefined {
    const placed = this.#placed.get(minerId)?.answer;
    return [placed, this.#baseTiles.get(minerId)].find(
      (tile) => tile?.status === "valid" && equalBytes(tile.contentHash, contentHash),
    ) as StoredTile | undefined;
  }

  #place(turn: number, answer: StoredAnswer): void {
    const earlier = this.#placed.get(answer.minerId);
    if (earlier === undefined || earlier.turn < turn) {
      this.#placed.set(answer.minerId, { turn, answer });
    }
  }

  #merge(base: Version | undefined): PredictionContent {
    const answers = new Map<number, StoredAnswer>();
    if (base !== undefined) {
      for (const answer of this.#contentOf(base).answers) answers.set(answer.minerId, answer);
    }
    for (const { answer } of this.#placed.values()) answers.set(answer.minerId, answer);
    return {
      request: this.request,
      answers: [...answers.values()].sort((left, right) => left.minerId - right.minerId),
    };
  }

  #contentOf(base: Version): PredictionContent {
    const content = decodePredictionManifest(base.manifest);
    const { request } = content;
    if (
      request.timeIncrementSeconds !== this.request.timeIncrementSeconds ||
      request.timeLengthSeconds !== this.request.timeLengthSeconds ||
      request.simulations !== this.request.simulations
    ) {
      throw new PredictionStoreError(
        "request-mismatch",
        `the request was published with other sizes key=${this.key} ` +
          `time_increment=${request.timeIncrementSeconds} time_length=${request.timeLengthSeconds} ` +
          `num_simulations=${request.simulations}`,
      );
    }
    return content;
  }

  #mustBeOpen(): void {
    if (!this.#open) {
      throw new PredictionStoreError(
        "publication-closed",
        `the publication was published or abandoned before key=${this.key}`,
      );
    }
  }
}

type ValidOutcome = ValidAnswer | Extract<PackedAnswer["outcome"], { readonly status: "packed" }>;

function factsOf(
  answer: Answer | PackedAnswer,
): Pick<StoredAnswer, "minerUid" | "minerId" | "processTimeSeconds"> {
  const { minerUid, minerId, processTimeSeconds } = answer;
  return { minerUid, minerId, processTimeSeconds };
}

/** @throws {PredictionStoreError} `invalid-answer` */
export function checkAnswer(answer: Answer | PackedAnswer, request: ForecastRequest): void {
  for (const id of [answer.minerUid, answer.minerId]) {
    if (!Number.isSafeInteger(id) || id < 0) {
      throw new PredictionStoreError("invalid-answer", `miner ids must be whole numbers id=${id}`);
    }
  }
  const { outcome } = answer;
  if (outcome.status === "invalid") return;
  const { simulations } = request;
  const steps = stepCount(request);
  const isFitting =
    outcome.status === "valid"
      ? outcome.tile.length === simulations * steps
      : outcome.tile.shape.simulations === simulations && outcome.tile.shape.steps === steps;
  if (isFitting) return;
  throw new PredictionStoreError(
    "invalid-answer",
    `tile has another size than the request miner_id=${answer.minerId} ` +
      `num_simulations=${simulations} steps=${steps}`,
  );
}
