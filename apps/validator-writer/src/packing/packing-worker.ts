/**
 * A packing thread: judges answers and packs their tiles. Texts come in shared memory, packed segments are handed over.
 *
 * @module
 */
import { AnswerPacker, type PackedAnswer, type PackingSettings } from "@foretile/prediction-store";
import { serveWork } from "@foretile/worker-pool/worker";

import type { PackingQuestion } from "./packing-question.ts";

serveWork<PackingSettings, PackingQuestion, PackedAnswer>(async (settings) => {
  const packer = await AnswerPacker.create(settings);
  return {
    answer: async ({ text, byteLength, facts, request }) => {
      const prediction = new Uint8Array(text, 0, byteLength);
      const answer = packer.pack({ ...facts, prediction }, request);
      return { answer, transfer: buffersOf(answer) };
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
});

function buffersOf({ outcome }: PackedAnswer): ArrayBuffer[] {
  if (outcome.status === "invalid") return [];
  return outcome.tile.segments.map(({ bytes }) => bytes.buffer as ArrayBuffer);
}
