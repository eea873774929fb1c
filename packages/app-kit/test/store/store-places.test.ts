import { expect, test } from "vitest";

import { parseBigtablePlace } from "../../src/store/bigtable-place.ts";
import { parseHybridPlace } from "../../src/store/hybrid-place.ts";
import { parseS3Place } from "../../src/store/s3-place.ts";

test.each([
  ["//p/i/forecasts", { project: "p", instance: "i", prefix: "forecasts", profile: undefined }],
  [
    "//example.com:my-project/my-instance/a_B-2?profile=single-cluster",
    {
      project: "example.com:my-project",
      instance: "my-instance",
      prefix: "a_B-2",
      profile: "single-cluster",
    },
  ],
])("bigtable:%s names a place", (location, place) => {
  expect(parseBigtablePlace(location)).toStrictEqual(place);
});

const nowhere = { prefix: "", endpoint: undefined, region: undefined, profile: undefined };

test.each([
  ["//my-bucket", { ...nowhere, bucket: "my-bucket" }],
  ["//my-bucket/", { ...nowhere, bucket: "my-bucket" }],
  ["//my-bucket/a/b.c/", { ...nowhere, bucket: "my-bucket", prefix: "a/b.c" }],
  [
    "//my-bucket/a?endpoint=http://127.0.0.1:9000&region=eu-central-1&profile=compat%69ble",
    {
      bucket: "my-bucket",
      prefix: "a",
      endpoint: "http://127.0.0.1:9000",
      region: "eu-central-1",
      profile: "compatible",
    },
  ],
])("s3:%s names a place", (location, place) => {
  expect(parseS3Place(location)).toStrictEqual(place);
});

test.each([
  [parseBigtablePlace, "p/i/forecasts", "another form"],
  [parseBigtablePlace, "", "another form"],
  [parseBigtablePlace, "//", "no project"],
  [parseBigtablePlace, "//p", "no instance"],
  [parseBigtablePlace, "//p/i/", "no prefix"],
  [parseBigtablePlace, "//p/i/a/b", "more than"],
  [parseBigtablePlace, "//P/i/a", 'wrong project scheme=bigtable project="P"'],
  [parseBigtablePlace, "//p/i/a b", 'wrong prefix scheme=bigtable prefix="a b"'],
  [parseBigtablePlace, "//p/i/a?profile=", "no profile"],
  [parseBigtablePlace, "//p/i/a?profile=x&profile=y", "two profiles"],
  [parseBigtablePlace, "//p/i/a?profile=x/y", "wrong profile"],
  [parseBigtablePlace, "//p/i/a#top", "another form"],
  [parseS3Place, "bucket/a", "another form"],
  [parseS3Place, "///a", "no bucket"],
  [parseS3Place, "//b", "wrong bucket"],
  [parseS3Place, "//my-bucket/a//b", 'wrong prefix scheme=s3 prefix="a//b"'],
  [parseS3Place, "//my-bucket/../b", "wrong prefix"],
  [parseS3Place, "//my-bucket/a%20b", "wrong prefix"],
  [parseS3Place, "//my-bucket/a?endpoint=127.0.0.1:9000", "no server"],
  [parseS3Place, "//my-bucket/a?endpoint=http://h:1/path", "no server"],
  [parseS3Place, "//my-bucket/a?region=EU", "wrong region"],
] as const)("%o refuses %s with an example", (parse, location, message) => {
  expect(() => parse(location)).toThrow(
    expect.objectContaining({
      name: "AppError",
      code: "invalid-store-url",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("for example "),
    }),
  );
});

test("a profile of the AWS configuration is answered with the variable that names one", () => {
  expect(() => parseS3Place("//my-bucket/a?profile=work")).toThrow(
    expect.objectContaining({
      code: "invalid-store-url",
      hint: expect.stringMatching(/aws, compatible, ceph.*AWS_PROFILE/),
    }),
  );
});

test.each([
  [parseBigtablePlace, "//user:hunter2@p/i/a"],
  [parseBigtablePlace, "//p/i/a?key=hunter2"],
  [parseS3Place, "//AKIA:hunter2@my-bucket/a"],
  [parseS3Place, "//my-bucket/a?endpoint=http://AKIA:hunter2@127.0.0.1:9000"],
  [parseS3Place, "//my-bucket/a?secret_key=hunter2"],
] as const)("%o refuses the secret in %s, and does not repeat it", (parse, location) => {
  const refusal = ((): Error & { hint?: string } => {
    try {
      parse(location);
    } catch (error) {
      return error as Error;
    }
    throw new Error("it was taken");
  })();
  expect(refusal).toMatchObject({
    code: "invalid-store-url",
    hint: expect.stringContaining("credentials come from the environment"),
  });
  expect(`${refusal.message} ${refusal.hint}`).not.toContain("hunter2");
});

const known = ["lmdb", "s3"];

test.each([
  ["lmdb:a,s3://my-bucket/b", "lmdb:a", "s3://my-bucket/b"],
  ["lmdb:a,b,S3://my-bucket/b", "lmdb:a,b", "S3://my-bucket/b"],
  ["lmdb:a,s3,lmdb:b", "lmdb:a,s3", "lmdb:b"],
])("hybrid:%s is split before a scheme", (location, refs, blobs) => {
  expect(parseHybridPlace(location, known)).toStrictEqual({ refs, blobs });
});

test.each(["", "lmdb:a", "lmdb:a,", ",lmdb:a", "lmdb:a,b:c", "lmdb:a,lmdb:b,lmdb:c"])(
  "hybrid:%s does not name two stores",
  (location) => {
    expect(() => parseHybridPlace(location, known)).toThrow(
      expect.objectContaining({
        code: "invalid-store-url",
        hint: expect.stringContaining("for example hybrid:"),
      }),
    );
  },
);
