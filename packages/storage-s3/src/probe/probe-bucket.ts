import type { Random } from "@foretile/resilience";

import type { BucketTraits } from "../bucket-traits.ts";
import { md5Of } from "../digests.ts";
import type { EtagQuoting } from "../endpoint-profile.ts";
import { putMultipart } from "../put-multipart.ts";
import type { S3Objects } from "../s3-objects.ts";
import type { CheckedPlace } from "../s3-place.ts";
import type { S3Requests } from "../s3-requests.ts";
import { createTrial, type Trial } from "./trial.ts";
import { tryCreates, tryReplaces, type Defect } from "./try-conditions.ts";
import { tryDeletes } from "./try-deletes.ts";

/** What was found out about a bucket, and what was seen that should not have been. */
export interface BucketProbe {
  readonly traits: BucketTraits;
  /** About `If-None-Match: *`. */
  readonly createDefects: readonly Defect[];
  /** About `If-Match` in the form that did best. */
  readonly replaceDefects: readonly Defect[];
}

/** What trying needs. */
export interface ProbeContext {
  readonly place: CheckedPlace;
  readonly requests: S3Requests;
  readonly objects: S3Objects;
  readonly random: Random;
}

/** Objects of a trial are under this name, each with an id of its own, and are deleted at the end. */
export const PROBE_FOLDER = "probe/";

/** Tries everything that a store relies on, in about 160 small requests. */
export async function probeBucket(
  context: ProbeContext,
  signal: AbortSignal | undefined,
): Promise<BucketProbe> {
  return withTrials(context, signal, async (newTrial) => {
    const { objects, place } = context;
    const etag = await etagKind(newTrial());
    const createDefects = await tryCreates(newTrial);
    const preferred = place.profile.etagQuoting;
    const other: EtagQuoting = preferred === "quoted" ? "unquoted" : "quoted";
    let quoting = preferred;
    let replaceDefects = await tryReplaces(newTrial, preferred);
    if (replaceDefects.length > 0) {
      const otherDefects = await tryReplaces(newTrial, other);
      if (otherDefects.length === 0) {
        quoting = other;
        replaceDefects = [];
      }
    }
    const creates = createDefects.length === 0;
    const replaces = replaceDefects.length === 0;
    const traits: BucketTraits = {
      conditions: replaces ? (creates ? "A" : "B") : "C",
      quoting,
      etag,
      conditionalMultipart: creates && (await honoursMultipart(context, newTrial(), signal)),
      conditionalDelete: await tryDeletes(objects, newTrial, quoting, signal),
    };
    return { traits, createDefects, replaceDefects };
  });
}

/** Whether a bucket still does what a store that was made in it relies on: the same without races, in 7 requests. */
export async function stillHonours(
  context: ProbeContext,
  traits: BucketTraits,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return withTrials(context, signal, async (newTrial) => {
    const trial = newTrial();
    if (!(await trial.create("one"))) return false;
    const first = await trial.read();
    if (first?.text !== "one") return false;
    if (await trial.create("two")) return false;
    if (!(await trial.replace("three", first.etag, traits.quoting))) return false;
    if (await trial.replace("four", first.etag, traits.quoting)) return false;
    return (await trial.read())?.text === "three";
  });
}

async function withTrials<T>(
  { objects, place, random }: ProbeContext,
  signal: AbortSignal | undefined,
  work: (newTrial: () => Trial) => Promise<T>,
): Promise<T> {
  const folder = `${place.prefix}${PROBE_FOLDER}`;
  const names: string[] = [];
  const newTrial = (): Trial => {
    const id = [0, 0, 0].map(() => random.nextUint32().toString(16).padStart(8, "0")).join("");
    names.push(folder + id);
    return createTrial(objects, folder + id, signal);
  };
  try {
    return await work(newTrial);
  } finally {
    await objects.removeMany(names, signal);
  }
}

async function etagKind(trial: Trial): Promise<BucketTraits["etag"]> {
  const text = "which kind of ETag";
  const etag = await trial.write(text);
  return etag === md5Of(new TextEncoder().encode(text)).toString("hex") ? "md5" : "opaque";
}

async function honoursMultipart(
  context: ProbeContext,
  trial: Trial,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  await trial.write("one");
  const sizes = { thresholdBytes: 0, partBytes: 5 * 2 ** 20, partsInFlight: 1 };
  const outcome = await putMultipart(context, trial.name, new TextEncoder().encode("two"), {
    createsOnly: true,
    metadata: {},
    sizes,
    signal,
  });
  return outcome.type === "refused" && (await trial.read())?.text === "one";
}
