import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { reached, serviceAddress } from "./service-address.ts";
import { uniqueName } from "./unique-name.ts";

const PORT_OF_SCHEME: Record<string, number> = { "http:": 80, "https:": 443 };

/** An S3 server, and buckets that are the caller's alone; disposing of it deletes them with all they hold. */
export interface S3Service extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Buckets are named in the path, as the test server needs it. */
  readonly forcePathStyle: true;
  /** Makes an empty bucket and returns its name. Buckets made otherwise are the caller's to delete. */
  createBucket(options?: { readonly versioned?: boolean }): Promise<string>;
}

/**
 * The S3 server for tests.
 *
 * @throws Error that says what to do when there is none
 */
export async function s3Service(): Promise<S3Service> {
  const fields = ["url", "region", "accessKeyId", "secretAccessKey"] as const;
  const { url, region, accessKeyId, secretAccessKey } = serviceAddress("s3", fields);
  const { protocol, hostname, port } = new URL(url);
  await reached("s3", hostname, Number(port || PORT_OF_SCHEME[protocol]));
  const client = new S3Client({
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const buckets: string[] = [];
  return {
    endpoint: url,
    region,
    accessKeyId,
    secretAccessKey,
    forcePathStyle: true,
    async createBucket({ versioned = false } = {}) {
      const Bucket = uniqueName();
      await client.send(new CreateBucketCommand({ Bucket }));
      buckets.push(Bucket);
      if (versioned) {
        const VersioningConfiguration = { Status: "Enabled" as const };
        await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
      }
      return Bucket;
    },
    async [Symbol.asyncDispose]() {
      for (const bucket of buckets) await deleteBucket(client, bucket);
      client.destroy();
    },
  };
}

async function deleteBucket(client: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    // From the start each time: what was listed before is gone by then.
    const page = await client.send(new ListObjectVersionsCommand({ Bucket }));
    const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (versions.length === 0) break;
    await Promise.all(
      versions.map(({ Key, VersionId }) =>
        client.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
      ),
    );
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
}
