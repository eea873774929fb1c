/**
 * A packing thread: judges answers and packs their tiles. The memory of texts comes and goes, packed segments are handed
 * over.
 *
 * @module
 */
import { AnswerPacker, type PackedAnswer } from "@foretile/prediction-store";
import { serveWork } from "@foretile/worker-pool/worker";

import type { PackingAnswer, PackingQuestion } from "./packing-question.ts";

serveWork<undefined, PackingQuestion, PackingAnswer>(async () => {
  let packer: AnswerPacker | undefined;
  return {
    answer: async (question) => {
      if (question.type === "start") return { answer: { type: "started" } };
      const { text, offset, byteLength, facts, request, settings } = question;
      packer ??= await AnswerPacker.create(settings);
      const prediction = new Uint8Array(text, offset, byteLength);
      const packed = packer.pack({ ...facts, prediction }, request);
      return { answer: { type: "packed", packed, text }, transfer: [text, ...buffersOf(packed)] };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});

function buffersOf({ outcome }: PackedAnswer): ArrayBuffer[] {
  if (outcome.status === "invalid") return [];
  return outcome.tile.segments.map(({ bytes }) => bytes.buffer as ArrayBuffer);
}
