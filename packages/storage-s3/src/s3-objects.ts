import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { StorageError, type ByteRange } from "@foretile/storage";

import type { BucketTraits } from "./bucket-traits.ts";
import { addContentMd5, addHeader } from "./request-headers.ts";
import { bareEtag, crcBase64, crcOf, md5Of } from "./digests.ts";
import type { EtagQuoting } from "./endpoint-profile.ts";
import { readRange, type RangeAnswer } from "./read-range.ts";
import { nameOf, statusOf, translateFailure } from "./s3-failure.ts";
import type { CheckedPlace } from "./s3-place.ts";
import type { S3Requests } from "./s3-requests.ts";

/** An object as a GET gives it. */
export interface S3Object {
  /** Of the range, or of the whole. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Without quotes. */
  readonly etag: string;
  /** User metadata, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface S3Entry {
  readonly name: string;
  readonly length: number;
  readonly etag: string;
  readonly modified: Date | undefined;
}

/** What must hold for a write to happen. */
export type WriteCondition =
  | { readonly type: "absent" }
  | { readonly type: "etag"; readonly etag: string; readonly quoting: EtagQuoting };

/**
 * - `stored`: it happened.
 * - `refused`: the condition did not hold.
 * - `raced`: another write was under way; nothing happened.
 * - `unclear`: the server failed, or asked to come back later. Some answer so when another write was faster: Ceph RGW
 *   16 says 500. And of a request that was delivered twice, the answer may be that of the second. What is stored then
 *   may tell.
 */
export type PutOutcome =
  | { readonly type: "stored"; readonly etag: string }
  | { readonly type: "refused" }
  | { readonly type: "raced" }
  | { readonly type: "unclear"; readonly error: StorageError };

/** A delete of nothing but a state that is known. */
export type DeleteCondition =
  | { readonly type: "if-match"; readonly etag: string; readonly quoting: EtagQuoting }
  | { readonly type: "unmodified-since"; readonly modified: Date };

interface PutOptions {
  readonly condition?: WriteCondition | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the store asks of a bucket. Names are whole names, with the store's prefix. */
export interface S3Objects {
  /** The object, or the part of `range` that lies inside it; `undefined` when there is none. */
  get(name: string, signal?: AbortSignal, range?: ByteRange): Promise<S3Object | undefined>;
  /** Length, ETag and metadata. */
  head(
    name: string,
    signal?: AbortSignal,
  ): Promise<(Omit<S3Object, "bytes"> & { readonly length: number }) | undefined>;
  /** @throws {StorageError} with `unknown-outcome` when the answer does not fit the bytes */
  put(name: string, bytes: Uint8Array, options?: PutOptions): Promise<PutOutcome>;
  remove(name: string, signal?: AbortSignal): Promise<void>;
  /** Deletes if the condition holds; says whether the server agreed. */
  removeIf(name: string, condition: DeleteCondition, signal?: AbortSignal): Promise<boolean>;
  /** Deletes up to 1 000 objects in one request and checks the answer for each. */
  removeMany(names: readonly string[], signal?: AbortSignal): Promise<void>;
  /** One page in the order of names, at most 1 000. */
  list(
    prefix: string,
    startAfter: string | undefined,
    most: number,
    signal?: AbortSignal,
  ): Promise<{ readonly entries: readonly S3Entry[]; readonly more: boolean }>;
}

/** @param etags whether ETags are the MD5 of the bytes, as far as is known; then every answer is compared with them */
export function createS3Objects(
  requests: S3Requests,
  { bucket, profile }: CheckedPlace,
  etags: () => BucketTraits["etag"] | undefined,
): S3Objects {
  const at = (name: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: name });

  function expectedEtag(md5: Buffer | undefined): string | undefined {
    return etags() === "md5" ? md5?.toString("hex") : undefined;
  }

  return {
    get: (name, signal, range) =>
      requests.run("reading", "GetObject", signal, async (client, options) => {
        const input = { ...at(name), ...readRange.header(range) };
        try {
          const answer = await client.send(new GetObjectCommand(input), options);
          const bytes = await readRange.bytes(answer satisfies RangeAnswer, range);
          return { bytes, etag: bareEtag(answer.ETag), metadata: answer.Metadata ?? {} };
        } catch (error) {
          if (nameOf(error) === "NoSuchKey") return undefined;
          // The range starts at or after the end of an object that is there.
          if (range !== undefined && statusOf(error) === 416) {
            return { bytes: new Uint8Array(0), etag: "", metadata: {} };
          }
          throw error;
        }
      }),

    head: (name, signal) =>
      requests.run("reading", "HeadObject", signal, async (client, options) => {
        try {
          const answer = await client.send(new HeadObjectCommand(at(name)), options);
          return {
            length: answer.ContentLength ?? 0,
            etag: bareEtag(answer.ETag),
            metadata: answer.Metadata ?? {},
          };
        } catch (error) {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }
      }),

    put: (name, bytes, { condition, metadata, signal } = {}) =>
      requests.run("writing", "PutObject", signal, async (client, options) => {
        const md5 = profile.checksum === "md5" || etags() === "md5" ? md5Of(bytes) : undefined;
        const crc = profile.checksum === "crc32" ? crcBase64(crcOf(bytes)) : undefined;
        const command = new PutObjectCommand({
          ...at(name),
          Body: bytes,
          ContentLength: bytes.byteLength,
          ContentType: "application/octet-stream",
          ...(metadata === undefined ? {} : { Metadata: metadata }),
          ...(crc === undefined ? { ContentMD5: md5?.toString("base64") } : { ChecksumCRC32: crc }),
          ...conditionHeaders(condition),
        });
        try {
          const answer = await client.send(command, options);
          const etag = bareEtag(answer.ETag);
          const expected = expectedEtag(md5);
          const wrongCrc = answer.ChecksumCRC32 !== undefined && answer.ChecksumCRC32 !== crc;
          if (etag === "" || wrongCrc || (expected !== undefined && etag !== expected)) {
            throw new StorageError("unavailable", `server tells of other bytes name=${name}`, {
              retry: "unknown-outcome",
            });
          }
          return { type: "stored", etag };
        } catch (error) {
          const refusal = condition === undefined ? undefined : refusalOf(error);
          if (refusal !== undefined) return refusal;
          const failure = translateFailure(error, "writing", "PutObject", signal);
          const status = statusOf(error) ?? 0;
          const answered = status >= 400 && status !== 403;
          if (condition === undefined || !answered || failure.retry === "never") throw failure;
          return { type: "unclear", error: failure };
        }
      }),

    remove: (name, signal) =>
      requests.run("writing", "DeleteObject", signal, async (client, options) => {
        await client.send(new DeleteObjectCommand(at(name)), options);
      }),

    removeIf: (name, condition, signal) =>
      requests.run("writing", "DeleteObject", signal, async (client, options) => {
        const command = new DeleteObjectCommand({
          ...at(name),
          ...(condition.type === "if-match" ? { IfMatch: etagHeader(condition) } : {}),
        });
        if (condition.type === "unmodified-since") {
          addHeader(command, "x-amz-delete-if-unmodified-since", condition.modified.toISOString());
        }
        try {
          await client.send(command, options);
          return true;
        } catch (error) {
          if (refusalOf(error) === undefined) throw error;
          return false;
        }
      }),

    removeMany: (names, signal) =>
      requests.run("writing", "DeleteObjects", signal, async (client, options) => {
        const command = new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: names.map((Key) => ({ Key })), Quiet: false },
        });
        if (profile.checksum === "md5") addContentMd5(command);
        const { Deleted = [], Errors = [] } = await client.send(command, options);
        const gone = new Set(Deleted.map(({ Key }) => Key));
        for (const { Key, Code } of Errors) {
          if (Code === "NoSuchKey") gone.add(Key);
          else if (Code === "AccessDenied") {
            throw new StorageError("permission-denied", `server denied the delete name=${Key}`);
          }
        }
        const left = names.filter((name) => !gone.has(name));
        if (left.length > 0) {
          throw new StorageError(
            "unavailable",
            `server did not delete all objects left=${left.length} first=${left[0]}`,
            { retry: "unknown-outcome", details: { code: Errors[0]?.Code } },
          );
        }
      }),

    list: (prefix, startAfter, most, signal) =>
      requests.run("reading", "ListObjectsV2", signal, async (client, options) => {
        const answer = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            MaxKeys: Math.min(most, 1_000),
            ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
          }),
          options,
        );
        const entries = (answer.Contents ?? []).map(
          ({ Key = "", Size = 0, ETag, LastModified }): S3Entry => ({
            name: Key,
            length: Size,
            etag: bareEtag(ETag),
            modified: LastModified,
          }),
        );
        checkOrder(entries, startAfter);
        return { entries, more: answer.IsTruncated === true };
      }),
  };
}

function etagHeader({ etag, quoting }: { etag: string; quoting: EtagQuoting }): string {
  return quoting === "quoted" ? `"${etag}"` : etag;
}

/** What a failure of a conditional write says about the condition; `undefined` when it says nothing. */
export function refusalOf(error: unknown): { readonly type: "refused" | "raced" } | undefined {
  const status = statusOf(error);
  if (status === 412) return { type: "refused" };
  // `If-Match` on an object that is not there.
  if (status === 404 && nameOf(error) === "NoSuchKey") return { type: "refused" };
  return status === 409 ? { type: "raced" } : undefined;
}

function conditionHeaders(condition: WriteCondition | undefined): {
  IfNoneMatch?: string;
  IfMatch?: string;
} {
  if (condition === undefined) return {};
  return condition.type === "absent" ? { IfNoneMatch: "*" } : { IfMatch: etagHeader(condition) };
}

/** Listings go on behind the last name, which loses or repeats entries where names do not come in their order. */
function checkOrder(entries: readonly S3Entry[], startAfter = ""): void {
  let last = startAfter;
  for (const { name } of entries) {
    if (name <= last) {
      throw new StorageError(
        "unsupported",
        "server does not list objects in the order of their names, as directory buckets do not",
        // The listing may have been damaged on the way, too.
        { retry: "safe", details: { name, last } },
      );
    }
    last = name;
  }
}
