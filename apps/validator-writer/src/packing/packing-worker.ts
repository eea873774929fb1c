/**
 * A packing thread: judges answers and packs their tiles. The memory of texts comes and goes, packed segments are handed
 * over.
 *
 * @module
 */
import { AnswerPacker, type PackedAnswer, type PackingSettings } from "@foretile/prediction-store";
import { serveWork } from "@foretile/worker-pool/worker";

import type { PackingAnswer, PackingQuestion } from "./packing-question.ts";

serveWork<PackingSettings, PackingQuestion, PackingAnswer>(async (settings) => {
  const packer = await AnswerPacker.create(settings);
  return {
    answer: async ({ text, offset, byteLength, facts, request }) => {
      const prediction = new Uint8Array(text, offset, byteLength);
      const packed = packer.pack({ ...facts, prediction }, request);
      return { answer: { packed, text }, transfer: [text, ...buffersOf(packed)] };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});

function buffersOf({ outcome }: PackedAnswer): ArrayBuffer[] {
  if (outcome.status === "invalid") return [];
  return outcome.tile.segments.map(({ bytes }) => bytes.buffer as ArrayBuffer);
}
