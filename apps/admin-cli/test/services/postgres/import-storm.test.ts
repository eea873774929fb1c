import { once } from "node:events";

import { openPredictions } from "@foretile/app-kit";
import { createSegmentVerifiers } from "@foretile/prediction-store";
import { systemClock } from "@foretile/resilience/system";
import { createSeededRandom, temporaryFolder } from "@foretile/testkit";
import { afterAll, expect, test } from "vitest";

import { jsonLines } from "../../support/run-foretile.ts";
import { spawnForetile, startForetile } from "../../support/spawn-foretile.ts";
import {
  emptyTarget,
  openValidatorTables,
  predictionText,
  START,
} from "../../support/validator-tables.ts";

const SEED = Number(process.env["STORM_SEED"] ?? 20_171_205);
const REQUESTS = 120;
const MINERS = [1, 2, 3, 4, 5];
/** Only ends what hangs. */
const TIMEOUT_MS = 1_200_000;

/** All prices of a miner's answer to the request of an hour. */
function priceOf(start: number, minerId: number): number {
  return 1 + ((start / 3600) % 1000) + minerId / 4;
}

const tables = await openValidatorTables();
afterAll(() => tables[Symbol.asyncDispose]());

test(
  `an import that is killed again and again loses nothing and doubles nothing, seed ${SEED}`,
  async () => {
    await using folder = await temporaryFolder();
    const schema = await tables.newSchema();
    const starts = Array.from({ length: REQUESTS }, (_, index) => START + index * 3600);
    for (const start of starts) {
      const answers = MINERS.map((minerId) => ({
        minerId,
        prediction: predictionText(String(priceOf(start, minerId)), start),
      }));
      await tables.saveAnswers(await tables.saveRequest("BTC", start), answers);
    }
    const store = `lmdb:${folder.path}/target`;
    await emptyTarget(store);
    const argv = ["import", "--from", tables.from, "--schema", schema, "--store", store, "--json"];
    const env = { PGPASSWORD: tables.service.password };

    const random = createSeededRandom(SEED);
    let kills = 0;
    let killedUnderWay = 0;
    for (let life = 0; ; life += 1) {
      const running = startForetile(argv, env);
      const closed = once(running, "close") as Promise<[number | null]>;
      const ended = closed.then(() => true);
      // Longer and longer lives: the import comes to its end at last, however slow the machine is.
      const patienceMs = 500 + (random.nextUint32() / 2 ** 32) * 500 * 1.2 ** life;
      if (!(await Promise.race([ended, systemClock.sleep(patienceMs).then(() => false)]))) {
        running.kill("SIGKILL");
      }
      const [code] = await closed;
      if (code === 0) break;
      expect(code).toBeNull();
      kills += 1;
      await using target = await openPredictions(store, "read");
      let published = 0;
      for await (const batch of target.predictions.list()) {
        published += batch.length;
        // Whole, or not there.
        for (const { key } of batch) {
          expect((await target.predictions.read(key)).answers).toHaveLength(MINERS.length);
        }
      }
      if (published > 0 && published < REQUESTS) killedUnderWay += 1;
    }
    expect(kills).toBeGreaterThan(2);
    expect(killedUnderWay).toBeGreaterThan(0);

    // The checkpoint counts what all the lives did: each request once.
    const again = await spawnForetile(argv, env);
    const [summary] = jsonLines(again.output);
    expect(again).toMatchObject({ exitCode: 0, errors: "" });
    expect(summary).toMatchObject({
      requests: REQUESTS,
      answers: REQUESTS * MINERS.length,
      valid: REQUESTS * MINERS.length,
      lost: 0,
      complete: true,
    });
    expect(Number(summary?.["published"]) + Number(summary?.["unchanged"])).toBe(REQUESTS);

    await using target = await openPredictions(store, "read");
    for (const start of starts) {
      const published = await target.predictions.read(`tiny/BTC#${start}`);
      expect(published.version).toBe(1);
      expect(published.answers.map(({ minerId }) => minerId)).toEqual(MINERS);
      for await (const { answer, values } of published.tiles()) {
        expect(new Set(values)).toEqual(new Set([Math.fround(priceOf(start, answer.minerId))]));
      }
    }
    const { counts } = await target.library.fsck({
      level: 2,
      verifiers: await createSegmentVerifiers(),
    });
    expect(counts.error).toBe(0);
  },
  TIMEOUT_MS,
);
