import { createPredictions, openCatalog } from "@foretile/app-kit";
import { requestKey, SYNTH_LOW, type Answer, type LabelConfig } from "@foretile/prediction-store";
import { RequestSaver } from "@foretile/prediction-store/saving";
import { createInstantClock } from "@foretile/testkit";

import { SAMPLE_REQUEST } from "./sample-store.ts";

/** A label whose requests are thinned after ten minutes and kept a day. */
const LABEL: LabelConfig = {
  ...SYNTH_LOW,
  label: "tiny",
  timeLengthSeconds: SAMPLE_REQUEST.timeLengthSeconds,
  timeIncrementSeconds: SAMPLE_REQUEST.timeIncrementSeconds,
  simulations: SAMPLE_REQUEST.simulations,
  intervals: { "5min": 300 },
  thinAfterMinutes: 10,
  thinBucketSeconds: 600,
  retentionDays: 1,
};

export const FIRST_START = SAMPLE_REQUEST.startUnixSeconds;

/** The key of the request so many minutes after the first. */
export function keyAt(minutes: number): string {
  return requestKey({ ...SAMPLE_REQUEST, startUnixSeconds: FIRST_START + minutes * 60 });
}

function answer(minerId: number): Answer {
  const tile = new Float32Array(70 * 4).fill(100 + minerId);
  const outcome = { status: "valid", tile } as const;
  return { minerUid: minerId, minerId, processTimeSeconds: 1, outcome };
}

/** Makes a store and its catalog with a request of miners 1 and 2 at each of some minutes; each has scores. */
export async function makeCatalogStore(
  url: string,
  catalogUrl: string,
  minutes: readonly number[],
): Promise<void> {
  await using opened = await createPredictions(url, { labels: [LABEL] });
  const clock = createInstantClock({ startMs: FIRST_START * 1000 });
  await using catalog = await openCatalog(catalogUrl, opened, "create", { clock });
  await catalog.registerMiners([
    { uid: 1, coldkey: "cold1", hotkey: "hot1" },
    { uid: 2, coldkey: "cold2", hotkey: "hot2" },
  ]);
  const saver = new RequestSaver({ predictions: opened.predictions, catalog });
  for (const minute of minutes) {
    const request = { ...SAMPLE_REQUEST, startUnixSeconds: FIRST_START + minute * 60 };
    await saver.save({ request, answers: () => [answer(1), answer(2)] });
    const found = await catalog.findRequest(request);
    if (found === undefined) throw new Error("request was not saved");
    const score = { promptScore: 1, totalCrps: 2, percentile90: 3, lowest: 1, intervals: {} };
    await catalog.writeScores({
      requestId: found.id,
      requestVersion: 1,
      scores: [1, 2].map((minerId) => ({ minerId, ...score })),
    });
  }
}
