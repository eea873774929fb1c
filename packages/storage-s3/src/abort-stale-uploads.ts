import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type MultipartUpload,
} from "@aws-sdk/client-s3";
import { StorageError, type CallOptions } from "@foretile/storage";

import { nameOf } from "./s3-failure.ts";
import type { S3Place } from "./s3-place.ts";
import { visitPlace, type Visit } from "./visit-place.ts";

export interface AbortStaleUploadsOptions extends S3Place, CallOptions {
  /** Uploads that began longer ago than this, by the server's clock, are thrown away. At least one hour. */
  readonly olderThanMs: number;
}

const LEAST_AGE_MS = 3_600_000;

/**
 * Throws away the parts of uploads under the prefix that nobody finished: they are in no listing, but they are billed.
 *
 * @returns how many uploads were thrown away
 * @throws {StorageError} `invalid-argument` for an age that could hit an upload under way
 */
export async function abortStaleUploads(
  options: AbortStaleUploadsOptions,
): Promise<{ readonly aborted: number }> {
  const { olderThanMs, signal } = options;
  if (!Number.isSafeInteger(olderThanMs) || olderThanMs < LEAST_AGE_MS) {
    throw new StorageError(
      "invalid-argument",
      `olderThanMs must be an integer least=${LEAST_AGE_MS} value=${olderThanMs}`,
    );
  }
  return visitPlace(options, (visit) => abortOldUploads(visit, olderThanMs, signal));
}

/** The same with a client that is there. */
export async function abortOldUploads(
  visit: Pick<Visit, "requests" | "place">,
  olderThanMs: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly aborted: number }> {
  let aborted = 0;
  for await (const uploads of listUploads(visit, signal)) {
    const nowMs = visit.requests.serverNowMs() ?? 0;
    const stale = uploads.filter(
      ({ Initiated }) => Initiated !== undefined && nowMs - Initiated.getTime() > olderThanMs,
    );
    await Promise.all(stale.map((upload) => abortUpload(visit, upload, signal)));
    aborted += stale.length;
  }
  return { aborted };
}

async function* listUploads(
  { requests, place }: Pick<Visit, "requests" | "place">,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly MultipartUpload[], void, undefined> {
  let after: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (after !== undefined) {
    const from: { KeyMarker?: string; UploadIdMarker?: string } = after;
    const page = await requests.run("reading", "ListMultipartUploads", signal, (client, send) =>
      client.send(
        new ListMultipartUploadsCommand({ Bucket: place.bucket, Prefix: place.prefix, ...from }),
        send,
      ),
    );
    const { NextKeyMarker, NextUploadIdMarker } = page;
    after =
      page.IsTruncated === true && NextKeyMarker !== undefined
        ? {
            KeyMarker: NextKeyMarker,
            ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }),
          }
        : undefined;
    yield page.Uploads ?? [];
  }
}

async function abortUpload(
  { requests, place }: Pick<Visit, "requests" | "place">,
  { Key, UploadId }: MultipartUpload,
  signal: AbortSignal | undefined,
): Promise<void> {
  await requests.run("writing", "AbortMultipartUpload", signal, async (client, send) => {
    try {
      const input = { Bucket: place.bucket, Key, UploadId };
      await client.send(new AbortMultipartUploadCommand(input), send);
    } catch (error) {
      // Finished or thrown away by somebody else meanwhile.
      if (nameOf(error) !== "NoSuchUpload") throw error;
    }
  });
}
