import { createHash } from "node:crypto";
import {
  openPredictionStore,
  requestKey,
  stepCount,
  SYNTH_HIGH,
  SYNTH_LOW,
  type Answer,
  type ForecastRequest,
} from "@foretile/prediction-store";
import type { Library } from "@foretile/version-store";
import type { ExpectedLibrary } from "./ledger.ts";

const request: ForecastRequest = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 300 * 69,
  simulations: 7,
};

/** Labels and a request that was answered twice. */
export async function writeRequests(library: Library, ledger: ExpectedLibrary): Promise<void> {
  const predictions = await openPredictionStore({ library });
  await predictions.setLabels([SYNTH_LOW, SYNTH_HIGH]);
  const tiles = new Map([1, 4].map((minerId) => [minerId, tileOf(minerId)]));
  await predictions.publish(request, [validAnswer(1, tiles.get(1)), silence(3)]);
  const { version } = await predictions.publish(request, [validAnswer(4, tiles.get(4))]);
  const hashes = [...tiles].map(([minerId, tile]) => [String(minerId), hashOfTile(tile)]);
  ledger.requests[requestKey(request)] = {
    version,
    answers: { ...Object.fromEntries(hashes), "3": "no_process_time" },
  };
}

/** Names the bits of a tile. */
export function hashOfTile(tile: Float32Array): string {
  const bytes = new Uint8Array(tile.buffer, tile.byteOffset, tile.byteLength);
  return createHash("sha256").update(bytes).digest("hex");
}

function tileOf(minerId: number): Float32Array<ArrayBuffer> {
  const elements = stepCount(request) * request.simulations;
  return Float32Array.from(
    { length: elements },
    (_, at) => 16_000 + minerId + (Math.imul(at, 2_654_435_761 | 0) >>> 20) / 100,
  );
}

function validAnswer(minerId: number, tile = tileOf(minerId)): Answer {
  const outcome = { status: "valid", tile } as const;
  return { minerUid: minerId, minerId, processTimeSeconds: 1.5, outcome };
}

function silence(minerId: number): Answer {
  const outcome = {
    status: "invalid",
    reason: "no_process_time",
    message: "no answer in time",
  } as const;
  return { minerUid: minerId, minerId, processTimeSeconds: undefined, outcome };
}
