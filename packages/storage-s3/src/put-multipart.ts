import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type CompletedPart,
} from "@aws-sdk/client-s3";
import { createLimiter } from "@foretile/resilience";
import { isStorageError, StorageError } from "@foretile/storage";

import { bareEtag, crcBase64, crcOf, md5Of } from "./digests.ts";
import { refusalOf, type PutOutcome } from "./s3-objects.ts";
import { nameOf } from "./s3-failure.ts";
import type { CheckedPlace } from "./s3-place.ts";
import type { S3Requests } from "./s3-requests.ts";

/** S3 allows 10 000 parts. */
const MAX_PARTS = 10_000;

export interface MultipartSizes {
  /** Blobs above this are sent in parts. */
  readonly thresholdBytes: number;
  /** Bytes of a part, S3 wants 5 MiB at least. */
  readonly partBytes: number;
  /** Parts of one blob under way at once. */
  readonly partsInFlight: number;
}

export const defaultMultipartSizes: MultipartSizes = {
  thresholdBytes: 16 * 2 ** 20,
  partBytes: 16 * 2 ** 20,
  partsInFlight: 4,
};

interface MultipartContext {
  readonly place: CheckedPlace;
  readonly requests: S3Requests;
}

export interface PutMultipartOptions {
  /** Whether the object must not be there. */
  readonly createsOnly: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly sizes: MultipartSizes;
  readonly signal: AbortSignal | undefined;
}

/**
 * Puts a large object in parts, some at a time. Nothing is visible before the last request. After a failure the parts
 * are thrown away; where that fails too, `abortStaleUploads` does it later.
 */
export async function putMultipart(
  context: MultipartContext,
  name: string,
  bytes: Uint8Array,
  options: PutMultipartOptions,
): Promise<PutOutcome> {
  const { requests, place } = context;
  const at = { Bucket: place.bucket, Key: name };
  const crc = place.profile.checksum === "crc32";
  const fullObject = crc
    ? ({ ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } as const)
    : {};
  const begun = await requests.run(
    "writing",
    "CreateMultipartUpload",
    options.signal,
    (client, send) =>
      client.send(
        new CreateMultipartUploadCommand({
          ...at,
          ContentType: "application/octet-stream",
          Metadata: options.metadata,
          ...fullObject,
        }),
        send,
      ),
  );
  const upload = { ...at, UploadId: begun.UploadId };
  if (upload.UploadId === undefined) {
    throw new StorageError("unavailable", "server gave no id for the upload", { retry: "safe" });
  }

  async function complete(parts: readonly CompletedPart[]): Promise<PutOutcome> {
    return requests.run(
      "writing",
      "CompleteMultipartUpload",
      options.signal,
      async (client, send) => {
        try {
          const answer = await client.send(
            new CompleteMultipartUploadCommand({
              ...upload,
              MultipartUpload: { Parts: [...parts] },
              ...(options.createsOnly ? { IfNoneMatch: "*" } : {}),
              ...(crc
                ? { ChecksumType: "FULL_OBJECT", ChecksumCRC32: crcBase64(crcOf(bytes)) }
                : {}),
            }),
            send,
          );
          return { type: "stored", etag: bareEtag(answer.ETag) };
        } catch (error) {
          const refusal = refusalOf(error);
          if (refusal !== undefined) return refusal;
          // It was put together before, by a request that was delivered twice.
          if (nameOf(error) === "NoSuchUpload") return { type: "refused" };
          throw error;
        }
      },
    );
  }

  try {
    const outcome = await complete(await sendParts(context, upload, bytes, options));
    if (outcome.type !== "stored") await abandon();
    return outcome;
  } catch (error) {
    await abandon();
    throw error;
  }

  async function abandon(): Promise<void> {
    try {
      // Not with the caller's signal, which may be why this is needed.
      await requests.run("writing", "AbortMultipartUpload", undefined, (client, send) =>
        client.send(new AbortMultipartUploadCommand(upload), send),
      );
    } catch (error) {
      // The first failure is the one to tell of. Stale uploads are cleaned up by themselves.
      if (!isStorageError(error)) throw error;
    }
  }
}

async function sendParts(
  { requests, place }: MultipartContext,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
  bytes: Uint8Array,
  { sizes, signal }: PutMultipartOptions,
): Promise<readonly CompletedPart[]> {
  const partBytes = Math.max(sizes.partBytes, Math.ceil(bytes.byteLength / MAX_PARTS));
  const limiter = createLimiter({ capacity: sizes.partsInFlight });
  const failed = new AbortController();
  const both = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);

  async function sendPart(PartNumber: number, part: Uint8Array): Promise<CompletedPart> {
    const crc = place.profile.checksum === "crc32" ? crcBase64(crcOf(part)) : undefined;
    const md5 = crc === undefined ? md5Of(part) : undefined;
    return requests.run("writing", "UploadPart", both, async (client, send) => {
      const answer = await client.send(
        new UploadPartCommand({
          ...upload,
          PartNumber,
          Body: part,
          ContentLength: part.byteLength,
          ...(crc === undefined ? { ContentMD5: md5?.toString("base64") } : { ChecksumCRC32: crc }),
        }),
        send,
      );
      return {
        PartNumber,
        ETag: answer.ETag,
        ...(crc === undefined ? {} : { ChecksumCRC32: crc }),
      };
    });
  }

  const parts: Promise<CompletedPart>[] = [];
  for (let start = 0; start < bytes.byteLength; start += partBytes) {
    const number = parts.length + 1;
    const part = bytes.subarray(start, start + partBytes);
    parts.push(limiter.run(() => sendPart(number, part), { signal: both }));
  }
  try {
    return await Promise.all(parts);
  } catch (error) {
    failed.abort(error);
    // None may be under way when the parts are thrown away.
    await Promise.allSettled(parts);
    throw error;
  }
}
