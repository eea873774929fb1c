import type { Store } from "@foretile/storage";

import { planByOpening, probeByOpening } from "./provision-by-opening.ts";
import { parseS3Place, type S3Place } from "./s3-place.ts";
import type { OpenMode, OpenStoreOptions, StoreScheme, StoreUse } from "./store-scheme.ts";

/** `s3://BUCKET/PREFIX[?endpoint=URL&region=REGION&profile=PROFILE]`: objects of a bucket. */
export const s3Scheme: StoreScheme = {
  name: "s3",
  placeholder: "//BUCKET/PREFIX",
  isEphemeral: () => false,
  placement: () => "packs",
  open: async (location, mode, options) => openBucket(parseS3Place(location), mode, options),
  planProvision: async (location, { use, signal } = {}) => {
    const place = parseS3Place(location);
    const { planS3Provision } = await import("@foretile/storage-s3");
    const step = { what: nameOf(place), wanted: "an empty store" };
    return [
      ...(await planS3Provision({ ...place, signal })),
      ...(await planByOpening(step, (mode) => openBucket(place, mode, { use, signal }))),
    ];
  },
  probe: async (location, { mode, use, signal }) => {
    const place = parseS3Place(location);
    const open = (how: OpenMode): Promise<Store> => openBucket(place, how, { use, signal });
    const { probeS3 } = await import("@foretile/storage-s3");
    // What a bucket does with conditional writes is found out by writing.
    const findings =
      mode === "read" ? [] : await probeS3({ ...place, contents: contentsOf(use), signal });
    return [...findings, await probeByOpening(nameOf(place), mode, open)];
  },
};

async function openBucket(
  place: S3Place,
  mode: OpenMode,
  { use, signal }: OpenStoreOptions = {},
): Promise<Store> {
  // Loaded here so that only programs that open such a store load the client.
  const { openS3Store } = await import("@foretile/storage-s3");
  return openS3Store({ ...place, mode, contents: contentsOf(use), signal });
}

function contentsOf(use: StoreUse | undefined): "all" | "blobs" {
  return use === "blobs" ? "blobs" : "all";
}

function nameOf({ bucket, prefix }: S3Place): string {
  return prefix === "" ? `bucket ${bucket}` : `prefix ${prefix} of bucket ${bucket}`;
}
