import {
  type AnswerEnvelope,
  AnswerPacker,
  type ForecastRequest,
  type PackingSettings,
} from "@foretile/prediction-store";

import { LineBuffers } from "../ingest/line-buffers.ts";
import type { AnswerDesk, TakenAnswer } from "./answer-desk.ts";

/** Packs answers on the calling thread, at once. */
export class LocalDesk implements AnswerDesk {
  readonly lineBuffers: LineBuffers = new LineBuffers();
  readonly #packer: Promise<AnswerPacker>;

  constructor(settings: PackingSettings) {
    this.#packer = AnswerPacker.create(settings);
  }

  async take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer> {
    const packer = await this.#packer;
    return { packed: Promise.resolve(packer.pack(envelope, request)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#packer;
  }
}
