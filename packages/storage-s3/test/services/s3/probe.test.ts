import { afterAll, expect, test, vi } from "vitest";
import {
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import type { ProbeFinding } from "@foretile/storage";
import { s3Service } from "@foretile/testkit/services";
import {
  abortStaleUploads,
  openS3Store,
  planS3Provision,
  probeS3,
  type S3Place,
} from "../../../src/index.ts";
import { cephTraits, reach } from "./service-stores.ts";
import { systemClock } from "@foretile/resilience/system";

const service = await s3Service();
afterAll(() => service[Symbol.asyncDispose]());
const at = reach(service);
const credentials = { accessKeyId: service.accessKeyId, secretAccessKey: service.secretAccessKey };
const client = new S3Client({
  endpoint: service.endpoint,
  region: service.region,
  credentials,
  forcePathStyle: true,
});
afterAll(() => client.destroy());

const bucket = await service.createBucket();

async function place(prefix: string, options?: { versioned: boolean }): Promise<S3Place> {
  return {
    ...at,
    bucket: options === undefined ? bucket : await service.createBucket(options),
    prefix,
  };
}

function findingOf(findings: readonly ProbeFinding[], what: string): ProbeFinding | undefined {
  return findings.find((finding) => finding.what === what);
}

test("a bucket without versioning is of class A, with the ETag unquoted", async () => {
  const findings = await probeS3(await place("a"));
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(findings.map(({ what, found }) => `${what}: ${found}`)).toEqual([
    `bucket ${bucket}: is there`,
    "versioning: is off",
    "lifecycle rules: 0 of 0 take objects of the prefix away",
    "store: none yet",
    "conditional writes: class A",
    "If-Match: takes the ETag unquoted",
    "ETag: is the MD5",
    "conditional completion of multipart uploads: does not hold, blobs go in one piece",
    "conditional deletes: hold by unmodified-since",
    expect.stringMatching(/^clock: differs from the server's by -?\d+ s$/),
  ]);
});

test("the quoting is found out, whatever the profile tries first", async () => {
  const findings = await probeS3({ ...(await place("quoting")), profile: "compatible" });
  expect(findingOf(findings, "If-Match")?.found).toBe("takes the ETag unquoted");
});

test("making a store finds out the same, and the marker keeps it", async () => {
  const where = await place("b");
  await (await openS3Store({ ...where, mode: "create" })).close();
  const findings = await probeS3(where);
  expect(findingOf(findings, "store")?.found).toBe("one of all, class A");
  // What the other tests take for granted.
  const known = await place("known");
  await (await openS3Store({ ...known, mode: "create", traits: cephTraits })).close();
  const markers = await Promise.all(
    ["b", "known"].map(async (prefix) => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: `${prefix}/foretile.json` });
      return (await client.send(command)).Body?.transformToString();
    }),
  );
  expect(markers[0]).toBe(markers[1]);
});

test("a bucket with versioning is refused for records, with the remedies, and good for blobs", async () => {
  const where = await place("c", { versioned: true });
  const findings = await probeS3(where);
  expect(findings.filter(({ ok }) => !ok).map(({ what }) => what)).toEqual([
    "versioning",
    "conditional writes",
  ]);
  expect(findingOf(findings, "conditional writes")).toMatchObject({
    found: expect.stringContaining("class C, creates what is there already"),
    remedy: expect.stringMatching(/without versioning.*createHybridStore/),
  });
  const failure = await openS3Store({ ...where, mode: "create" }).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/without versioning.*createHybridStore/),
  });
  const blobs = await openS3Store({ ...where, mode: "create", contents: "blobs" });
  expect(blobs.blobs.capabilities.detectsConflicts).toBe(false);
  await expect(blobs.refs.read("a" as never)).rejects.toMatchObject({ code: "unsupported" });
  await expect(blobs.table("t").families()).rejects.toMatchObject({ code: "unsupported" });
  await blobs.close();
});

test("what is missing or wrong is a finding with a remedy", async () => {
  const none = await probeS3({ ...(await place("d")), bucket: "not-there-at-all" });
  expect(none).toEqual([
    {
      what: "bucket not-there-at-all",
      found: "is not there",
      ok: false,
      remedy: expect.stringContaining("create it"),
    },
  ]);
  const nobody = await probeS3({ ...(await place("f")), endpoint: "http://127.0.0.1:9" });
  expect(nobody.at(-1)).toMatchObject({ ok: false, remedy: expect.stringContaining("endpoint") });
  const skewed = await probeS3({
    ...(await place("g")),
    clock: { ...systemClock, nowMs: () => systemClock.nowMs() + 600_000 },
  });
  expect(findingOf(skewed, "clock")).toMatchObject({ ok: false, remedy: expect.any(String) });
});

test("a server that refuses is asked for the reason, and only that is to be mended", async () => {
  const where = await place("refused");
  async function refusal(more: Partial<S3Place>): Promise<readonly ProbeFinding[]> {
    const findings = await probeS3({ ...where, ...more });
    expect(findings.map(({ what }) => what)).toEqual(["clock", "request ListObjectsV2"]);
    await expect(planS3Provision({ ...where, ...more })).rejects.toMatchObject({
      message: findings[1]?.found,
    });
    return findings;
  }

  const secret = await refusal({ credentials: { ...credentials, secretAccessKey: "wrong" } });
  expect(secret).toMatchObject([
    { ok: true },
    {
      found: expect.stringContaining("the secret key is wrong"),
      ok: false,
      remedy: expect.stringContaining("secret key"),
    },
  ]);
  expect(JSON.stringify(secret)).not.toContain('wrong"');
  const stranger = await refusal({ credentials: { ...credentials, accessKeyId: "STRANGER" } });
  expect(stranger[1]).toMatchObject({
    found: expect.stringContaining("does not know the access key"),
    remedy: expect.stringContaining("access key"),
  });
  const denying = await place("refused", { versioned: false });
  const Statement = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:ListBucket",
    Resource: `arn:aws:s3:::${denying.bucket}`,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
  await client.send(new PutBucketPolicyCommand({ Bucket: denying.bucket, Policy }));
  expect((await refusal(denying))[1]).toMatchObject({
    found: expect.stringContaining("policy"),
    remedy: expect.stringContaining("grant s3:ListBucket"),
  });

  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 20 * 60_000 });
  try {
    expect(await refusal({})).toMatchObject([
      { found: expect.stringMatching(/by (?:1199|12\d\d) s$/), ok: false },
      { ok: false, remedy: expect.stringContaining("set the clock") },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test("rights to list the prefix and nothing else of the bucket are enough to find the bucket", async () => {
  const where = await place("mine", { versioned: false });
  const Statement = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:ListBucket",
    Resource: `arn:aws:s3:::${where.bucket}`,
    Condition: { StringNotLike: { "s3:prefix": "mine/*" } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
  await client.send(new PutBucketPolicyCommand({ Bucket: where.bucket, Policy }));
  expect((await planS3Provision(where)).map(({ what }) => what)).toEqual([
    "lifecycle rule for unfinished uploads under mine/",
  ]);
  await expect(planS3Provision({ ...where, prefix: "others" })).rejects.toMatchObject({
    code: "permission-denied",
  });
});

test("a lifecycle rule that takes objects away is found", async () => {
  const where = await place("h/library", { versioned: false });
  const Rules = [rule("ours", "h/", 30), rule("theirs", "other/", 30)];
  await client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: where.bucket,
      LifecycleConfiguration: { Rules },
    }),
  );
  expect(findingOf(await probeS3(where), "lifecycle rules")).toMatchObject({
    found: "1 of 2 take objects of the prefix away",
    ok: false,
    remedy: "take the prefix out of ours",
  });
  // Planned beside the rules that are there, and then no more.
  const steps = await planS3Provision(where);
  expect(steps).toHaveLength(1);
  await steps[0]?.apply();
  await steps[0]?.apply();
  expect(await planS3Provision(where)).toEqual([]);
  expect(findingOf(await probeS3(where), "lifecycle rules")?.found).toMatch(/^1 of 3 /);
});

test("a missing bucket is planned and made", async () => {
  const name = `${bucket}-new`;
  const where = { ...(await place("i")), bucket: name };
  const steps = await planS3Provision(where);
  expect(steps.map(({ action, what }) => [action, what])).toEqual([
    ["create", `bucket ${name}`],
    ["create", "lifecycle rule for unfinished uploads under i/"],
  ]);
  for (const step of steps) await step.apply();
  expect(await planS3Provision(where)).toEqual([]);
  await client.send(new DeleteBucketCommand({ Bucket: name }));
});

test("young uploads are left alone, and an age that could hit them is refused", async () => {
  const where = await place("j", { versioned: false });
  for (const Key of ["j/b/one", "k/b/two"]) {
    await client.send(new CreateMultipartUploadCommand({ Bucket: where.bucket, Key }));
  }
  expect(await abortStaleUploads({ ...where, olderThanMs: 3_600_000 })).toEqual({ aborted: 0 });
  await expect(abortStaleUploads({ ...where, olderThanMs: 60_000 })).rejects.toMatchObject({
    code: "invalid-argument",
  });
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: where.bucket }));
  expect(Uploads).toHaveLength(2);
});

function rule(ID: string, Prefix: string, Days: number): LifecycleRule {
  return { ID, Status: "Enabled", Filter: { Prefix }, Expiration: { Days } };
}
