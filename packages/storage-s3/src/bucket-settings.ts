import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  ListObjectsV2Command,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import { isStorageError } from "@foretile/storage";

import { nameOf } from "./s3-failure.ts";
import type { Visit } from "./visit-place.ts";

/** Settings of the bucket that a store looks at. Each needs a permission of its own; `unknown` without it. */
export interface BucketSettings {
  readonly versioning: "off" | "on" | "suspended" | "unknown";
  readonly rules: readonly LifecycleRule[] | "unknown";
}

/**
 * Lists, which a store has to do anyway: the answer to `HeadBucket` has no body that would name the reason of a refusal.
 *
 * @throws {StorageError} whose name in the details says whether keys, clock or policy are the reason
 */
export async function bucketExists(
  { requests, place }: Visit,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return requests.run("reading", "ListObjectsV2", signal, async (client, send) => {
    try {
      const { bucket, prefix } = place;
      await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }),
        send,
      );
      return true;
    } catch (error) {
      if (nameOf(error) === "NoSuchBucket") return false;
      throw error;
    }
  });
}

export async function readBucketSettings(
  { requests, place }: Visit,
  signal: AbortSignal | undefined,
): Promise<BucketSettings> {
  const Bucket = place.bucket;
  const versioning = await unlessDenied(() =>
    requests.run("reading", "GetBucketVersioning", signal, async (client, send) => {
      const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket }), send);
      if (Status === undefined) return "off";
      return Status === "Enabled" ? "on" : "suspended";
    }),
  );
  const rules = await unlessDenied(() =>
    requests.run("reading", "GetBucketLifecycleConfiguration", signal, async (client, send) => {
      try {
        const command = new GetBucketLifecycleConfigurationCommand({ Bucket });
        return (await client.send(command, send)).Rules ?? [];
      } catch (error) {
        if (nameOf(error) === "NoSuchLifecycleConfiguration") return [];
        throw error;
      }
    }),
  );
  return { versioning, rules };
}

/** The rules in force that take objects of a store away, or where they cannot be read. */
export function harmfulRules(
  rules: readonly LifecycleRule[],
  prefix: string,
): readonly LifecycleRule[] {
  return rules.filter((rule) => {
    const { Status, Expiration, Transitions = [] } = rule;
    const expires = Expiration?.Days !== undefined || Expiration?.Date !== undefined;
    const archives = Transitions.some(
      ({ StorageClass }) => StorageClass === "GLACIER" || StorageClass === "DEEP_ARCHIVE",
    );
    return Status === "Enabled" && (expires || archives) && touches(prefixOf(rule), prefix);
  });
}

/** Whether objects under the one prefix can be under the other. */
function touches(left: string, right: string): boolean {
  return left.startsWith(right) || right.startsWith(left);
}

function prefixOf(rule: LifecycleRule): string {
  return rule.Filter?.Prefix ?? rule.Filter?.And?.Prefix ?? oldPrefix(rule) ?? "";
}

/** Where rules had their prefix before there were filters. */
function oldPrefix(rule: LifecycleRule): string | undefined {
  return "Prefix" in rule && typeof rule.Prefix === "string" ? rule.Prefix : undefined;
}

async function unlessDenied<T>(ask: () => Promise<T>): Promise<T | "unknown"> {
  try {
    return await ask();
  } catch (error) {
    // Least privilege does not include it, and some servers do not offer it.
    if (isStorageError(error, "permission-denied", "unsupported")) return "unknown";
    throw error;
  }
}
