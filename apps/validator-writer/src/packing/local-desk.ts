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
  readonly #settings: PackingSettings | Promise<PackingSettings>;
  #packer: Promise<AnswerPacker> | undefined;

  /** @param settings may be known later, but before the first answer */
  constructor(settings: PackingSettings | Promise<PackingSettings>) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    // There is nothing that takes a while.
  }

  async take(envelope: AnswerEnvelope, request: ForecastRequest): Promise<TakenAnswer> {
    this.#packer ??= this.#open();
    const packer = await this.#packer;
    return { packed: Promise.resolve(packer.pack(envelope, request)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#packer;
  }

  async #open(): Promise<AnswerPacker> {
    return AnswerPacker.create(await this.#settings);
  }
}
