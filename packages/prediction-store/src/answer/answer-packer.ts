import type { TileMode } from "@foretile/codecs";
import { KernelMemory } from "@foretile/kernels";

import { type ForecastRequest, stepCount } from "../request/forecast-request.ts";
import { type PackedTile, packTile } from "../tile/packed-tile.ts";
import { tileLayout } from "../tile/tile-cell.ts";
import { createTileTools, type TileTools } from "../tile/tile-tools.ts";
import type { AnswerEnvelope } from "./answer-envelope.ts";
import { AnswerRoom, ROOM_BYTES } from "./answer-room.ts";
import type { Answer, InvalidAnswer } from "./answer.ts";
import { judgeAnswer } from "./judge-answer.ts";

/** For the codec beside the room: panels of tiles that fit the room. */
const CODEC_BYTES = 32 * 1024 * 1024;

/** How a store wants tiles to be packed. Plain data: it crosses threads. */
export interface PackingSettings {
  readonly mode: TileMode;
  /** Whether the library keeps segments in tables. */
  readonly usesCells: boolean;
}

/** An answer that is ready to be stored. Plain data: it crosses threads. */
export interface PackedAnswer extends Omit<Answer, "outcome"> {
  readonly outcome: InvalidAnswer | { readonly status: "packed"; readonly tile: PackedTile };
}

/**
 * Judges answers and packs their tiles, in memory that is used again and again: what there is to do about an answer
 * before a store has to be asked. One per thread; its work is synchronous.
 */
export class AnswerPacker {
  readonly #settings: PackingSettings;
  readonly #tools: TileTools;
  readonly #room: AnswerRoom;

  private constructor(settings: PackingSettings, tools: TileTools, room: AnswerRoom) {
    this.#settings = settings;
    this.#tools = tools;
    this.#room = room;
  }

  static async create(settings: PackingSettings): Promise<AnswerPacker> {
    const memory = new KernelMemory(ROOM_BYTES + CODEC_BYTES);
    const room = new AnswerRoom(memory);
    return new AnswerPacker(settings, await createTileTools(memory), room);
  }

  /**
   * Bad bytes give an invalid answer and never throw.
   *
   * @param envelope only read during the call
   * @returns bytes that belong to the caller
   */
  pack(envelope: AnswerEnvelope, request: ForecastRequest): PackedAnswer {
    const { minerUid, minerId, processTimeSeconds, outcome } = judgeAnswer(
      envelope,
      request,
      this.#room,
    );
    const facts = { minerUid, minerId, processTimeSeconds };
    if (outcome.status === "invalid") return { ...facts, outcome };
    const { mode, usesCells } = this.#settings;
    const shape = { simulations: request.simulations, steps: stepCount(request) };
    const layout = tileLayout(request, mode, usesCells);
    const { tile: values, decimals } = outcome;
    const tile = packTile(this.#tools, { values, decimals, shape, mode, layout });
    return { ...facts, outcome: { status: "packed", tile } };
  }
}
