import {
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { s3Service, type S3Service } from "../../../src/services/index.ts";

const clientOf = ({ endpoint, region, forcePathStyle, ...credentials }: S3Service) =>
  new S3Client({ endpoint, region, forcePathStyle, credentials });

test("keeps objects, and versions where they were asked for", async () => {
  await using s3 = await s3Service();
  const client = clientOf(s3);
  const versions = [];
  for (const options of [{}, { versioned: true }]) {
    const Bucket = await s3.createBucket(options);
    const { VersionId } = await client.send(
      new PutObjectCommand({ Bucket, Key: "a", Body: "old" }),
    );
    await client.send(new PutObjectCommand({ Bucket, Key: "a", Body: "new" }));
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: "a", VersionId }));
    versions.push(await Body?.transformToString());
  }
  expect(versions).toEqual(["new", "old"]);
});

test("buckets go with their caller, with all versions they hold", async () => {
  await using observer = await s3Service();
  const kept = await observer.createBucket();
  const s3 = await s3Service();
  const gone = await s3.createBucket({ versioned: true });
  const client = clientOf(observer);
  for (const Body of ["old", "new"]) {
    await client.send(new PutObjectCommand({ Bucket: gone, Key: "a", Body }));
  }
  await s3[Symbol.asyncDispose]();
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const names = Buckets.map(({ Name }) => Name);
  expect(names).toContain(kept);
  expect(names).not.toContain(gone);
});
