import { requestKey } from "@foretile/prediction-store";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { blobsOf, damage } from "./support/damage.ts";
import { jsonLines, runScorer } from "./support/run-scorer.ts";
import {
  createStore,
  minutePrices,
  START,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "./support/scored-store.ts";

const request = tinyRequest();
const key = requestKey(request);
const later = tinyRequest({ startUnixSeconds: START + 600 });
const prices = minutePrices(START - 600, 60);

test.each(["1", "2"])(
  "a damaged tile is reported, gets no score, and costs nobody else anything (%s threads)",
  async (threads) => {
    await using folder = await temporaryFolder();
    const { url, opened } = await createStore(folder.path);
    const intact = [1, 2, 3].map((id) => validAnswer(id, walks(request, id)));
    await opened.predictions.publish(request, intact);
    const path = await writePrices(folder.path, prices);
    const argv = ["score", "--store", url, "--prices", path, "--threads", threads, "--json"];
    const before = jsonLines(await runScorer([...argv, "--dry-run"]));

    const made = await blobsOf(opened, () =>
      opened.predictions.publish(request, [validAnswer(4, walks(request, 4))]),
    );
    await opened[Symbol.asyncDispose]();
    const segments = [...made.keys()].filter((name) => name.startsWith("s/"));
    expect(segments).toHaveLength(1);
    await damage(folder.path, made.get(segments[0] ?? "") ?? new Uint8Array());

    // Damage is never taken as known: it is reported each time.
    for (let round = 0; round < 2; round += 1) {
      const run = await runScorer(argv);
      expect(run.exitCode).toBe(4);
      expect(run.stderr).toMatch(/tile not scored, damaged/);
      expect(run.stderr).toMatch(/"miner_id":4/);
      const lines = jsonLines(run);
      expect(lines.slice(0, 3)).toEqual(before.map((line) => ({ ...line, version: 2 })));
      expect(lines[3]).toMatchObject({
        miner_id: 4,
        status: "missing",
        reason: "damaged",
        crps: null,
        intervals: {},
        prompt_score: null,
      });
    }
  },
);

test("a damaged request is reported and the others are scored", async () => {
  await using folder = await temporaryFolder();
  const { url, opened } = await createStore(folder.path);
  await opened.predictions.publish(later, [validAnswer(1, walks(later, 1))]);
  const made = await blobsOf(opened, () =>
    opened.predictions.publish(request, [validAnswer(1, walks(request, 1))]),
  );
  await opened[Symbol.asyncDispose]();
  const versions = [...made.keys()].filter((name) => name.startsWith("v/"));
  expect(versions).toHaveLength(1);
  await damage(folder.path, made.get(versions[0] ?? "") ?? new Uint8Array());
  const path = await writePrices(folder.path, prices);

  const run = await runScorer([
    "score",
    "--store",
    url,
    "--prices",
    path,
    "--json",
    "--threads",
    "1",
  ]);
  expect(run.exitCode).toBe(4);
  expect(run.stderr).toMatch(/not scored, damaged/);
  expect(run.stderr).toContain(key);
  expect(jsonLines(run).map((line) => line["request"])).toEqual([requestKey(later)]);
});
