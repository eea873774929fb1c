import type { TileMode } from "@foretile/codecs";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary, type PlacementName } from "@foretile/version-store";
import { expect, test } from "vitest";

import {
  type AnswerEnvelope,
  AnswerPacker,
  judgeAnswer,
  openPredictionStore,
  type PredictionStore,
  requestKey,
} from "../../src/index.ts";
import { request } from "../store/open-test-store.ts";

const encoder = new TextEncoder();

/** A good answer of prices like miners send, and a bad one for every fourth miner. */
function envelopeOf(minerId: number): AnswerEnvelope {
  const path = (simulation: number): number[] =>
    Array.from({ length: 70 }, (_, step) => 100 + ((minerId * 7 + simulation * 3 + step) % 50) / 4);
  const paths = Array.from({ length: minerId % 4 === 0 ? 3 : 7 }, (_, index) => path(index));
  const text = JSON.stringify([request.startUnixSeconds, 300, ...paths]);
  return {
    requestId: undefined,
    minerUid: minerId,
    minerId,
    processTimeSeconds: 1,
    format: "json",
    prediction: encoder.encode(text),
  };
}

async function openStore(placement: PlacementName, mode: TileMode): Promise<PredictionStore> {
  const library = await createLibrary({
    store: openMemoryStore(),
    clock: createInstantClock({ startMs: 1_512_561_600_000 }),
    random: createSeededRandom(1),
    composition: { placement },
  });
  return openPredictionStore({ library, mode });
}

const envelopes = Array.from({ length: 9 }, (_, index) => envelopeOf(index));

test.each<[PlacementName, TileMode]>([
  ["segments", "pack"],
  ["segments", "decimal"],
  ["packs", "split"],
  ["cells", "pack"],
  ["cells", "raw"],
])("packed answers make the version that judged ones make (%s, %s)", async (placement, mode) => {
  const plain = await openStore(placement, mode);
  const packed = await openStore(placement, mode);
  const packer = await AnswerPacker.create(packed.packingSettings);
  const expected = await plain.publish(
    request,
    envelopes.map((envelope) => judgeAnswer(envelope, request)),
  );
  const found = await packed.publish(
    request,
    envelopes.map((envelope) => packer.pack(envelope, request)),
  );
  expect(found).toEqual(expected);
  expect(found.answers).toEqual({ valid: 6, invalid: 3 });
  const [from, to] = await Promise.all(
    [plain, packed].map((predictions) => predictions.read(requestKey(request))),
  );
  expect(to?.answers).toEqual(from?.answers);
  expect(await to?.readTile(1)).toEqual(await from?.readTile(1));
});

test("a packed tile that is there already is not stored again", async () => {
  const predictions = await openStore("segments", "pack");
  const packer = await AnswerPacker.create(predictions.packingSettings);
  await using publication = await predictions.begin(request);
  expect(await publication.put(packer.pack(envelopeOf(1), request))).toBe("stored");
  expect(await publication.put(packer.pack(envelopeOf(1), request))).toBe("unchanged");
});

test("a packed tile of another request's size is refused", async () => {
  const predictions = await openStore("segments", "pack");
  const packer = await AnswerPacker.create(predictions.packingSettings);
  const answer = packer.pack(envelopeOf(1), request);
  await using publication = await predictions.begin({ ...request, simulations: 8 });
  await expect(publication.put(answer)).rejects.toMatchObject({ code: "invalid-answer" });
});
