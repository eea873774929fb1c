import { temporaryFolder } from "@foretile/testkit";
import { bigtableService, s3Service } from "@foretile/testkit/services";
import { expect, test, vi } from "vitest";

import { type DemoResult, runDemo } from "../../../src/run-demo.ts";
import { sourcePrograms } from "../../support/source-programs.ts";

function play(storeUrl: string | undefined): Promise<DemoResult> {
  const options = {
    seed: 3,
    minerCount: 6,
    requestCount: 1,
    simulations: 4,
    asset: "BTC",
    pricesPath: undefined,
    storeUrl,
  };
  return runDemo(options, { programs: sourcePrograms, onStep: () => undefined });
}

test("the real programs tell the same story on every service", { timeout: 600_000 }, async () => {
  await using folder = await temporaryFolder();
  await using s3 = await s3Service();
  const { endpoint, project, instance, tablePrefix } = await bigtableService();
  // The programs get them from their environment.
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", s3.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey);
  const bucket = await s3.createBucket();
  const place = `?endpoint=${s3.endpoint}&region=${s3.region}`;

  const expected = await play(undefined);
  const published = { event: "published", id: "r1", version: 1 };
  expect(expected.ingest[0]).toMatchObject(published);
  for (const url of [
    `bigtable://${project}/${instance}/${tablePrefix}`,
    `s3://${bucket}/demo${place}`,
    `hybrid:lmdb:${folder.path}/refs,s3://${bucket}/bytes${place}`,
  ]) {
    const { ingest, scores, verify } = await play(url);
    expect({ url, ingest }).toStrictEqual({ url, ingest: expected.ingest });
    expect({ url, scores }).toStrictEqual({ url, scores: expected.scores });
    expect({ url, verify }).toMatchObject({ url, verify: { damaged: 0 } });
  }
});
