import { bigtableService, s3Service } from "@foretile/testkit/services";
import { afterAll, beforeEach, vi } from "vitest";

import { catalogCommandSuite } from "../../commands/catalog/catalog-suite.ts";

const bigtable = await bigtableService();
const s3 = await s3Service();
afterAll(() => s3[Symbol.asyncDispose]());

beforeEach(() => {
  vi.stubEnv("BIGTABLE_EMULATOR_HOST", bigtable.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", s3.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3.secretAccessKey);
});

const inTheStore = async (): Promise<string> => "store";
let places = 0;

catalogCommandSuite("a catalog in a store in Bigtable", inTheStore, async () => {
  places += 1;
  const { project, instance, tablePrefix } = bigtable;
  return `bigtable://${project}/${instance}/${tablePrefix.slice(-12)}_${places}`;
});

catalogCommandSuite("a catalog in a store in S3", inTheStore, async () => {
  const endpoint = encodeURIComponent(s3.endpoint);
  const bucket = await s3.createBucket();
  return `s3://${bucket}/forecasts/main?endpoint=${endpoint}&region=${s3.region}&profile=ceph`;
});
