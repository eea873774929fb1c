import {
  stepCount,
  SYNTH_LOW,
  type Answer,
  type ForecastRequest,
  type PublishedRequest,
} from "@foretile/prediction-store";
import { scoreTile } from "@foretile/scoring";
import { temporaryFolder } from "@foretile/testkit";
import { bigtableService, s3Service } from "@foretile/testkit/services";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { createPredictions, openPredictions } from "../../../src/index.ts";

const request: ForecastRequest = {
  label: "low",
  asset: "BTC",
  startUnixSeconds: 1_512_475_200,
  timeIncrementSeconds: 300,
  timeLengthSeconds: 86_400,
  simulations: 40,
};
const shape = { simulations: request.simulations, steps: stepCount(request) };
const minerIds = [3, 7, 8, 100, 101, 205];

const disposables: AsyncDisposable[] = [];
const urls = new Map<string, string>();

beforeAll(async () => {
  const folder = await temporaryFolder();
  const [bigtable, other, s3] = [
    await bigtableService(),
    await bigtableService(),
    await s3Service(),
  ];
  disposables.push(folder, s3);
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", bigtable.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", s3.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey);
  const instance = `${bigtable.project}/${bigtable.instance}`;
  const bucket = await s3.createBucket();
  const place = `?endpoint=${s3.endpoint}&region=${s3.region}`;
  urls.set("memory", "memory:every-back-end");
  urls.set("lmdb", `lmdb:${folder.path}/store`);
  urls.set("bigtable", `bigtable://${instance}/${bigtable.tablePrefix}`);
  urls.set("s3", `s3://${bucket}/alone${place}`);
  urls.set("hybrid of lmdb and s3", `hybrid:lmdb:${folder.path}/refs,s3://${bucket}/a${place}`);
  urls.set(
    "hybrid of bigtable and s3",
    `hybrid:bigtable://${instance}/${other.tablePrefix},s3://${bucket}/b${place}`,
  );
});

afterAll(async () => {
  for (const disposable of disposables) await disposable[Symbol.asyncDispose]();
});

/** Prices with eight digits that wander, step-major. */
function tileOf(minerId: number): Float32Array<ArrayBuffer> {
  const tile = new Float32Array(shape.simulations * shape.steps);
  let state = minerId;
  for (let at = 0; at < tile.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const before = at < shape.simulations ? 11_900 : (tile[at - shape.simulations] ?? 0);
    tile[at] = before * (1 + (state / 2 ** 32 - 0.5) / 400);
  }
  return tile;
}

const answers: readonly Answer[] = minerIds.map((minerId) => ({
  minerUid: minerId % 256,
  minerId,
  processTimeSeconds: 1.25,
  outcome: { status: "valid", tile: tileOf(minerId) },
}));

const silence: Answer = {
  minerUid: 9,
  minerId: 9,
  processTimeSeconds: undefined,
  outcome: { status: "invalid", reason: "no_process_time", message: "no answer in time" },
};

/** Prices that happened, with a gap. */
const realized = Float64Array.from({ length: shape.steps }, (_, step) =>
  step === 50 ? Number.NaN : 11_900 + 40 * Math.sin(step / 9),
);

const rules = { timeIncrementSeconds: 300, intervals: SYNTH_LOW.intervals };

/** Everything that must be the same everywhere. */
async function everythingOf(published: PublishedRequest): Promise<unknown> {
  const tiles: { minerId: number; bits: Uint32Array; score: ReturnType<typeof scoreTile> }[] = [];
  for await (const { answer, values } of published.tiles()) {
    if (values === undefined) throw new Error(`a tile is damaged miner_id=${answer.minerId}`);
    const bits = new Uint32Array(values.slice().buffer);
    tiles.push({ minerId: answer.minerId, bits, score: scoreTile(values, shape, realized, rules) });
  }
  const steps: { minerId: number; bits: Uint32Array }[] = [];
  for await (const { answer, values } of published.slice({ from: 30, to: 35 })) {
    if (values === undefined) throw new Error(`a tile is damaged miner_id=${answer.minerId}`);
    steps.push({ minerId: answer.minerId, bits: new Uint32Array(values.slice().buffer) });
  }
  const { key, version, versionHash, answers: entries } = published;
  return { key, version, versionHash, statuses: entries.map(({ status }) => status), tiles, steps };
}

async function publishAndRead(url: string): Promise<unknown> {
  await using created = await createPredictions(url);
  const first = await created.predictions.publish(request, [...answers.slice(0, 3), silence]);
  expect(first).toMatchObject({ version: 1, changed: true });
  const second = await created.predictions.publish(request, answers.slice(2));
  expect(second).toMatchObject({ version: 2, changed: true, answers: { valid: 6, invalid: 1 } });
  expect(await created.predictions.publish(request, answers)).toMatchObject({
    version: 2,
    changed: false,
    versionHash: second.versionHash,
  });
  await using opened = await openPredictions(url, "read");
  const earlier = await opened.predictions.read(first.key, { asOf: 1 });
  return [
    await everythingOf(earlier),
    await everythingOf(await opened.predictions.read(first.key)),
    (await opened.library.fsck({ level: 2 })).counts,
  ];
}

describe("the same request on every back end", () => {
  let expected: unknown;

  beforeAll(async () => {
    expected = await publishAndRead("memory:every-back-end-expected");
  });

  test("memory has what was published, bit for bit", () => {
    const [, { tiles }] = expected as [
      unknown,
      { tiles: { minerId: number; bits: Uint32Array }[] },
    ];
    expect(tiles.map(({ minerId }) => minerId)).toStrictEqual(minerIds);
    for (const { minerId, bits } of tiles) {
      expect(bits).toStrictEqual(new Uint32Array(tileOf(minerId).buffer));
    }
  });

  test.each([
    "memory",
    "lmdb",
    "bigtable",
    "s3",
    "hybrid of lmdb and s3",
    "hybrid of bigtable and s3",
  ])("%s gives the same bits, scores and hashes", async (name) => {
    expect(await publishAndRead(urls.get(name) ?? "")).toStrictEqual(expected);
  });
});
