import { openCatalog, openPredictions } from "@foretile/app-kit";
import type { Catalog } from "@foretile/catalog";
import { requestKey } from "@foretile/prediction-store";
import { RequestSaver } from "@foretile/prediction-store/saving";
import { temporaryFolder } from "@foretile/testkit";
import { describe, expect, test } from "vitest";

import { blobsOf, damage } from "../support/damage.ts";
import { jsonLines, runScorer } from "../support/run-scorer.ts";
import {
  createStore,
  minutePrices,
  silentAnswer,
  START,
  tinyRequest,
  validAnswer,
  walks,
  writePrices,
} from "../support/scored-store.ts";

const request = tinyRequest();
const later = tinyRequest({ startUnixSeconds: START + 600 });
const keys = [requestKey(request), requestKey(later)];
/** The first request is over for 91 s, the second is not. */
const FIRST_DUE_MS = (START + 600 + 91) * 1000;

interface CatalogTestOptions {
  readonly url: string;
  readonly catalogUrl: string;
}

async function look<T>(
  { url, catalogUrl }: CatalogTestOptions,
  what: (catalog: Catalog) => Promise<T>,
): Promise<T> {
  await using opened = await openPredictions(url, "write");
  await using catalog = await openCatalog(catalogUrl, opened, "write", {});
  return await what(catalog);
}

/** Two requests, published and in the catalog, and not scored. */
export async function makeCatalogStore(
  folder: string,
  catalogUrl: string,
): Promise<CatalogTestOptions> {
  const { url, opened } = await createStore(folder);
  const catalog = await openCatalog(catalogUrl, opened, "create", {});
  const uids = [1, 2, 3];
  await catalog.registerMiners(uids.map((uid) => ({ uid, coldkey: `c${uid}`, hotkey: `h${uid}` })));
  const saver = new RequestSaver({ predictions: opened.predictions, catalog });
  for (const each of [request, later]) {
    await saver.save({
      request: each,
      answers: () => [
        validAnswer(1, walks(each, 1)),
        validAnswer(2, walks(each, 2)),
        silentAnswer(3),
      ],
    });
  }
  await catalog.close();
  await opened[Symbol.asyncDispose]();
  return { url, catalogUrl };
}

/** Adds a miner to the first request. @returns the stored bytes of its tile */
async function addMiner4({ url, catalogUrl }: CatalogTestOptions): Promise<Uint8Array> {
  await using opened = await openPredictions(url, "write");
  await using catalog = await openCatalog(catalogUrl, opened, "write", {});
  await catalog.registerMiners([{ uid: 4, coldkey: "c4", hotkey: "h4" }]);
  const saver = new RequestSaver({ predictions: opened.predictions, catalog });
  const answers = [validAnswer(4, walks(request, 4))];
  const made = await blobsOf(opened, () => saver.save({ request, answers: () => answers }));
  const [tile] = [...made].flatMap(([name, bytes]) => (name.startsWith("s/") ? [bytes] : []));
  if (tile === undefined) throw new Error("no tile was stored");
  return tile;
}

/** What every catalog takes from the scorer, whichever place it is in. */
export function scorerCatalogSuite(name: string, newCatalogUrl: () => Promise<string>): void {
  describe.each([[name]])("%s", () => {
    test("what is due is scored once, each miner in a row of its own, with the prices", async () => {
      await using folder = await temporaryFolder();
      const place = await makeCatalogStore(folder.path, await newCatalogUrl());
      const missing = START + 240;
      const prices = await writePrices(folder.path, minutePrices(START - 600, 60, [missing]));
      const argv = ["score", "--threads", "1", "--store", place.url, "--prices", prices, "--json"];
      const options = { env: { FORETILE_CATALOG: place.catalogUrl }, nowMs: FIRST_DUE_MS };
      const run = await runScorer([...argv, "--due"], options);
      expect(run.exitCode).toBe(0);
      const lines = jsonLines(run);
      expect(lines.map((line) => [line["request"], line["miner_id"]])).toEqual([
        [keys[0], 1],
        [keys[0], 2],
        [keys[0], 3],
      ]);
      await look(place, async (catalog) => {
        const found = await catalog.findRequest(request);
        if (found === undefined) throw new Error("not in the catalog");
        const stored = await catalog.readScores(found.id);
        expect(stored?.scoredAtUnixSeconds).toBe(START + 600);
        expect(
          stored?.scores.map(({ minerId, promptScore, totalCrps, intervals, requestVersion }) => ({
            miner_id: minerId,
            prompt_score: promptScore,
            crps: totalCrps ?? null,
            intervals,
            version: requestVersion,
          })),
        ).toEqual(
          lines.map(({ miner_id, prompt_score, crps, intervals, version }) => ({
            miner_id,
            prompt_score,
            crps,
            intervals,
            version,
          })),
        );
        const realized = await catalog.readRealizedPrices(found.id);
        expect(realized?.length).toBe(11);
        expect(realized?.findIndex(Number.isNaN)).toBe(4);
        expect(await catalog.findRequest(later)).toMatchObject({ scored: false });
      });
      const again = await runScorer([...argv, "--due"], options);
      expect([again.exitCode, jsonLines(again)]).toEqual([0, []]);
    });

    test("a damaged tile is asked for again, and scored once it is repaired", async () => {
      await using folder = await temporaryFolder();
      const place = await makeCatalogStore(folder.path, await newCatalogUrl());
      const damaged = await damage(folder.path, await addMiner4(place));
      const prices = await writePrices(folder.path, minutePrices(START - 600, 60));
      const argv = [
        "score",
        "--threads",
        "1",
        "--store",
        place.url,
        "--prices",
        prices,
        "--due",
        "--json",
      ];
      const env = { FORETILE_CATALOG: place.catalogUrl };
      const scored = (): Promise<readonly number[] | undefined> =>
        look(place, async (catalog) => {
          const found = await catalog.findRequest(request);
          const stored = found && (await catalog.readScores(found.id));
          return stored?.scores.map(({ minerId }) => minerId);
        });
      for (const summary of [
        /"requests":1,.*"scored_before":0/,
        /"requests":0,.*"scored_before":1/,
      ]) {
        const run = await runScorer(argv, { env, nowMs: FIRST_DUE_MS });
        expect(run.exitCode).toBe(4);
        expect(run.stderr).toMatch(/"miner_id":4,.*tile not scored, damaged/);
        expect(run.stderr).toMatch(summary);
        expect(jsonLines(run)[3]).toMatchObject({ miner_id: 4, reason: "damaged" });
        expect(await scored()).toEqual([1, 2, 3]);
      }
      await damage(folder.path, damaged);
      const run = await runScorer(argv, { env, nowMs: FIRST_DUE_MS });
      expect([run.exitCode, jsonLines(run)[3]]).toEqual([
        0,
        expect.objectContaining({ miner_id: 4, status: "scored" }),
      ]);
      expect(await scored()).toEqual([1, 2, 3, 4]);
      const again = await runScorer(argv, { env, nowMs: FIRST_DUE_MS });
      expect([again.exitCode, jsonLines(again)]).toEqual([0, []]);
    });

    test("scores that were computed before reach a catalog that was not there", async () => {
      await using folder = await temporaryFolder();
      const place = await makeCatalogStore(folder.path, await newCatalogUrl());
      const prices = await writePrices(folder.path, minutePrices(START - 600, 60));
      const argv = ["score", "--threads", "1", "--store", place.url, "--prices", prices, "--json"];
      expect((await runScorer(argv)).exitCode).toBe(0);
      const scored = (): Promise<readonly (boolean | undefined)[]> =>
        look(place, async (catalog) => {
          const both = [await catalog.findRequest(request), await catalog.findRequest(later)];
          return both.map((found) => found?.scored);
        });
      const env = { FORETILE_CATALOG: place.catalogUrl };
      expect((await runScorer([...argv, "--dry-run"], { env })).exitCode).toBe(0);
      expect(await scored()).toEqual([false, false]);
      expect((await runScorer(argv, { env })).exitCode).toBe(0);
      expect(await scored()).toEqual([true, true]);
    });

    test("a miner and a request that the catalog does not know are named", async () => {
      await using folder = await temporaryFolder();
      const place = await makeCatalogStore(folder.path, await newCatalogUrl());
      const unknown = tinyRequest({ startUnixSeconds: START + 1200 });
      {
        await using opened = await openPredictions(place.url, "write");
        const { predictions } = opened;
        await predictions.publish(request, [validAnswer(9, walks(request, 9))]);
        await predictions.publish(unknown, [validAnswer(1, walks(unknown, 1))]);
      }
      const prices = await writePrices(folder.path, minutePrices(START - 600, 60));
      const run = await runScorer(
        ["score", "--threads", "1", "--store", place.url, "--prices", prices],
        {
          env: { FORETILE_CATALOG: place.catalogUrl },
        },
      );
      expect(run.exitCode).toBe(6);
      expect(run.stderr).toMatch(
        /"request":"tiny\/BTC#1512475200","miner_id":9,.*not in the catalog/,
      );
      expect(run.stderr).toMatch(/"request":"tiny\/BTC#1512476400",.*does not have the request/);
      await look(place, async (catalog) => {
        const found = await catalog.findRequest(request);
        const stored = found && (await catalog.readScores(found.id));
        expect(stored?.scores.map(({ minerId }) => minerId)).toEqual([1, 2, 3]);
      });
    });
  });
}
