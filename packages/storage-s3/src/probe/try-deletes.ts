import type { BucketTraits } from "../bucket-traits.ts";
import type { EtagQuoting } from "../endpoint-profile.ts";
import type { DeleteCondition, S3Objects } from "../s3-objects.ts";
import { isStorageError } from "@foretile/storage";
import type { Trial } from "./trial.ts";

/** A second more than a day, so that no clock of any server is beyond it. */
const LONG_AGO_MS = 86_401_000;

/** Finds a condition that deletes honour: each must keep what does not fit, and delete what does. */
export async function tryDeletes(
  objects: S3Objects,
  newTrial: () => Trial,
  quoting: EtagQuoting,
  signal: AbortSignal | undefined,
): Promise<BucketTraits["conditionalDelete"]> {
  const trial = newTrial();
  const etag = await trial.write("one");
  const wrong = await newTrial().write("other");
  const ifMatch = (tag: string): DeleteCondition => ({ type: "if-match", etag: tag, quoting });
  if (!(await removed(ifMatch(wrong))) && (await there())) {
    if ((await removed(ifMatch(etag))) && !(await there())) return "if-match";
  }

  await trial.write("two");
  const { entries } = await objects.list(trial.name, undefined, 1, signal);
  const modified = entries[0]?.modified;
  if (modified === undefined) return "none";
  const longAgo = structuredClone(modified);
  longAgo.setTime(modified.getTime() - LONG_AGO_MS);
  if ((await removed(since(longAgo))) || !(await there())) return "none";
  return (await removed(since(modified))) && !(await there()) ? "unmodified-since" : "none";

  async function there(): Promise<boolean> {
    return (await trial.read()) !== undefined;
  }

  async function removed(condition: DeleteCondition): Promise<boolean> {
    try {
      return await objects.removeIf(trial.name, condition, signal);
    } catch (error) {
      // Some servers refuse what they do not know, which is as good as a condition that does not hold.
      if (isStorageError(error, "unsupported", "unknown", "invalid-argument")) return false;
      throw error;
    }
  }
}

function since(modified: Date): DeleteCondition {
  return { type: "unmodified-since", modified };
}
