import { createPredictions, openPredictions } from "@foretile/app-kit";
import { type ForecastRequest, requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { readPriceFile } from "../../src/prices/read-price-file.ts";
import type { RequestOutcome } from "../../src/request/request-outcome.ts";
import { RequestScorer } from "../../src/request/request-scorer.ts";
import { LocalTileScorer } from "../../src/tiles/local-tile-scorer.ts";
import type { TileScorer } from "../../src/tiles/tile-scorer.ts";
import {
  minutePrices,
  START,
  TINY,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "../support/scored-store.ts";

const single = tinyRequest();

interface Trial {
  readonly outcomes: readonly RequestOutcome[];
  /** What was opened, read and closed, in order; the tiles by their miners. */
  readonly events: readonly string[];
}

/** Publishes requests with miners 1 to `minerCount` and scores them, with at most so many tiles to an opening. */
async function tryOut(
  url: string,
  folder: string,
  requests: readonly ForecastRequest[],
  { minerCount, tilesPerOpening }: { minerCount: number; tilesPerOpening: number },
): Promise<Trial> {
  const minerIds = Array.from({ length: minerCount }, (_, index) => index + 1);
  let largestBytes = 0;
  {
    await using opened = await createPredictions(url, { labels: [TINY] });
    for (const request of requests) {
      const answers = minerIds.map((id) => validAnswer(id, walks(request, id)));
      await opened.predictions.publish(request, answers);
      const published = await opened.predictions.read(requestKey(request));
      for (const answer of published.answers) {
        if (answer.status === "valid") largestBytes = Math.max(largestBytes, answer.storedBytes);
      }
    }
  }
  const events: string[] = [];
  await using local = new LocalTileScorer(url);
  const tiles: TileScorer = {
    score: (job, runs, options) => {
      events.push(`tiles ${runs.flatMap((run) => run.minerIds).join(" ")}`);
      return local.score(job, runs, options);
    },
    release: () => {
      events.push("release");
      return local.release();
    },
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
  const prices = await readPriceFile(await writePrices(folder, minutePrices(START - 600, 60)));
  await using scorer = new RequestScorer({
    open: async (signal) => {
      const opened = await openPredictions(url, "write", { signal });
      events.push("open");
      return {
        ...opened,
        [Symbol.asyncDispose]: () => {
          events.push("close");
          return opened[Symbol.asyncDispose]();
        },
      };
    },
    tiles,
    prices,
    labels: [TINY],
    scoredBy: "test",
    store: true,
    rescore: true,
    maxBytesPerOpening: largestBytes * tilesPerOpening,
  });
  const outcomes: RequestOutcome[] = [];
  for (const request of requests) outcomes.push(await scorer.score(requestKey(request)));
  return { outcomes, events };
}

test.each(["lmdb", "memory"])(
  "closes the store everywhere within a request, and the scores are the same (%s)",
  async (scheme) => {
    await using folder = await temporaryFolder();
    const name = (index: number): string =>
      scheme === "lmdb" ? `lmdb:${folder.path}/${index}` : `memory:request-scorer-${index}`;
    const whole = await tryOut(name(1), folder.path, [single], {
      minerCount: 5,
      tilesPerOpening: 5,
    });
    expect(whole.events).toEqual(["open", "tiles 1 2 3 4 5", "close"]);
    expect(whole.outcomes).toMatchObject([{ status: "scored", origin: "computed" }]);

    const parts = await tryOut(name(2), folder.path, [single], {
      minerCount: 5,
      tilesPerOpening: 2,
    });
    expect(parts.events).toEqual([
      "open",
      "tiles 1 2",
      "close",
      "release",
      "tiles 3 4",
      "release",
      "tiles 5",
      "open",
      "close",
    ]);
    expect(parts.outcomes).toEqual(whole.outcomes);
    await using opened = await openPredictions(name(2), "read");
    const [outcome] = parts.outcomes;
    expect(await opened.predictions.readScores(requestKey(single))).toEqual(
      outcome?.status === "scored" && outcome.scores,
    );
  },
);

test("small requests share an opening until the bound is reached", async () => {
  await using folder = await temporaryFolder();
  const requests = [0, 60, 120, 180].map((seconds) =>
    tinyRequest({ startUnixSeconds: START + seconds }),
  );
  const url = `lmdb:${folder.path}/store`;
  const { events } = await tryOut(url, folder.path, requests, {
    minerCount: 2,
    tilesPerOpening: 5,
  });
  expect(events).toEqual([
    "open",
    "tiles 1 2",
    "tiles 1 2",
    "close",
    "release",
    "tiles 1 2",
    "open",
    "tiles 1 2",
    "close",
  ]);
});
