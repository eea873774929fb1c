import type { Store } from "@foretile/storage";

import { planByOpening, probeByOpening } from "./provision-by-opening.ts";
import { parseS3Place, type S3Place } from "./s3-place.ts";
import type { OpenMode, StoreScheme, StoreUse } from "./store-scheme.ts";

/** `s3://BUCKET/PREFIX[?endpoint=URL&region=REGION&profile=PROFILE]`: objects of a bucket. */
export const s3Scheme: StoreScheme = {
  name: "s3",
  placeholder: "//BUCKET/PREFIX",
  isEphemeral: () => false,
  open: async (location, mode, use) => openBucket(parseS3Place(location), mode, use),
  planProvision: async (location, { use } = {}) => {
    const place = parseS3Place(location);
    const step = { what: nameOf(place), wanted: "an empty store; the bucket itself must be there" };
    return planByOpening(step, (mode) => openBucket(place, mode, use));
  },
  probe: async (location, { mode, use }) => {
    const place = parseS3Place(location);
    return [await probeByOpening(nameOf(place), mode, (how) => openBucket(place, how, use))];
  },
};

async function openBucket(place: S3Place, mode: OpenMode, use?: StoreUse): Promise<Store> {
  // Loaded here so that only programs that open such a store load the client.
  const { openS3Store } = await import("@foretile/storage-s3");
  return openS3Store({ ...place, mode, contents: use === "blobs" ? "blobs" : "all" });
}

function nameOf({ bucket, prefix }: S3Place): string {
  return prefix === "" ? `bucket ${bucket}` : `prefix ${prefix} of bucket ${bucket}`;
}
