import { StorageError } from "@foretile/storage";

import type { BucketTraits } from "./bucket-traits.ts";
import type { S3Objects } from "./s3-objects.ts";

const KIND = "foretile";
const FORMAT = 1;
/** Place and shape of the marker are the same in every format, so that every release recognises every store. */
export const MARKER_NAME = "foretile.json";

/** What a store holds: everything, or only blobs while records and rows are in another store. */
export type S3StoreContents = "all" | "blobs";

export interface StoreMarker {
  readonly contents: S3StoreContents;
  readonly traits: BucketTraits;
}

/** The marker as JSON, with what was found out about the bucket. */
export function encodeMarker({ contents, traits }: StoreMarker): Uint8Array {
  return new TextEncoder().encode(
    `${JSON.stringify({ kind: KIND, format: FORMAT, contents, bucket: traits })}\n`,
  );
}

/**
 * Reads the marker of the store under `prefix`.
 *
 * @throws {StorageError} `not-a-store`, `format-too-new`
 */
export async function readMarker(
  objects: S3Objects,
  prefix: string,
  signal?: AbortSignal,
): Promise<StoreMarker | undefined> {
  const name = prefix + MARKER_NAME;
  const object = await objects.get(name, signal);
  return object === undefined ? undefined : decodeMarker(object.bytes, name);
}

function decodeMarker(bytes: Uint8Array, name: string): StoreMarker {
  const marker = parse(bytes);
  if (marker?.kind !== KIND || typeof marker.format !== "number") {
    throw new StorageError("not-a-store", `object is not the marker of a store name=${name}`);
  }
  if (marker.format > FORMAT) {
    throw new StorageError(
      "format-too-new",
      `store was made by a newer release, upgrade to open it name=${name} format=${marker.format} known=${FORMAT}`,
    );
  }
  const { contents, bucket } = marker;
  if ((contents !== "all" && contents !== "blobs") || !isTraits(bucket)) {
    throw new StorageError("damaged", `marker is not what was written name=${name}`);
  }
  return { contents, traits: bucket };
}

interface LooseMarker {
  readonly kind?: unknown;
  readonly format?: unknown;
  readonly contents?: unknown;
  readonly bucket?: unknown;
}

function parse(bytes: Uint8Array): LooseMarker | undefined {
  try {
    const marker: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof marker === "object" && marker !== null ? marker : undefined;
  } catch {
    return undefined;
  }
}

function isTraits(value: unknown): value is BucketTraits {
  if (typeof value !== "object" || value === null) return false;
  const { conditions, quoting, etag, conditionalMultipart, conditionalDelete } = value as Partial<
    Record<keyof BucketTraits, unknown>
  >;
  return (
    ["A", "B", "C"].includes(conditions as string) &&
    ["quoted", "unquoted"].includes(quoting as string) &&
    ["md5", "opaque"].includes(etag as string) &&
    typeof conditionalMultipart === "boolean" &&
    ["if-match", "unmodified-since", "none"].includes(conditionalDelete as string)
  );
}
