import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type GetBucketLifecycleConfigurationOutput,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import type { CallOptions, ProvisionStep } from "@foretile/storage";

import { bucketExists, readBucketSettings } from "./bucket-settings.ts";
import { nameOf } from "./s3-failure.ts";
import type { S3Place } from "./s3-place.ts";
import { visitPlace, type Visit } from "./visit-place.ts";

export interface PlanS3ProvisionOptions extends S3Place, CallOptions {}

const ABORT_DAYS = 7;

/**
 * What a place lacks: the bucket, and a lifecycle rule that throws away parts of uploads that nobody finished. Empty
 * when nothing is to be done. Planning changes nothing; the store itself is made by opening it with mode `create`.
 *
 * @throws {StorageError} `permission-denied`, `unavailable`, `invalid-argument`
 */
export async function planS3Provision(
  options: PlanS3ProvisionOptions,
): Promise<readonly ProvisionStep[]> {
  return visitPlace(options, async (visit) => {
    const there = await bucketExists(visit, options.signal);
    const steps: ProvisionStep[] = there ? [] : [createBucket(options)];
    const rules = there ? (await readBucketSettings(visit, options.signal)).rules : [];
    if (rules !== "unknown" && !rules.some((rule) => abortsUploads(rule, visit.place.prefix))) {
      steps.push(addAbortRule(options, visit.place.prefix));
    }
    return steps;
  });
}

function createBucket(at: S3Place): ProvisionStep {
  return {
    action: "create",
    what: `bucket ${at.bucket}`,
    wanted: "without versioning",
    apply: (options) =>
      visitPlace(at, ({ requests, place }) =>
        requests.run("writing", "CreateBucket", options?.signal, async (client, send) => {
          try {
            await client.send(new CreateBucketCommand({ Bucket: place.bucket }), send);
          } catch (error) {
            if (nameOf(error) !== "BucketAlreadyOwnedByYou") throw error;
          }
        }),
      ),
  };
}

function addAbortRule(at: S3Place, prefix: string): ProvisionStep {
  return {
    action: "create",
    what: `lifecycle rule for unfinished uploads under ${prefix === "" ? "the bucket" : prefix}`,
    wanted: `parts are thrown away after ${ABORT_DAYS} days`,
    apply: (options) =>
      visitPlace(at, async (visit) => {
        // The rules are written as a whole, so those that are there have to be kept.
        const { Rules = [], TransitionDefaultMinimumObjectSize } = await readRules(
          visit,
          options?.signal,
        );
        if (Rules.some((rule) => abortsUploads(rule, prefix))) return;
        await visit.requests.run(
          "writing",
          "PutBucketLifecycleConfiguration",
          options?.signal,
          (client, send) =>
            client.send(
              new PutBucketLifecycleConfigurationCommand({
                Bucket: visit.place.bucket,
                LifecycleConfiguration: { Rules: [...Rules, abortRule(prefix)] },
                ...(TransitionDefaultMinimumObjectSize === undefined
                  ? {}
                  : { TransitionDefaultMinimumObjectSize }),
              }),
              send,
            ),
        );
      }),
  };
}

function readRules(
  { requests, place }: Visit,
  signal: AbortSignal | undefined,
): Promise<GetBucketLifecycleConfigurationOutput> {
  return requests.run(
    "reading",
    "GetBucketLifecycleConfiguration",
    signal,
    async (client, send) => {
      try {
        const command = new GetBucketLifecycleConfigurationCommand({ Bucket: place.bucket });
        return await client.send(command, send);
      } catch (error) {
        if (nameOf(error) === "NoSuchLifecycleConfiguration") return {};
        throw error;
      }
    },
  );
}

function abortRule(prefix: string): LifecycleRule {
  return {
    ID: `foretile-uploads-${prefix.replace(/[^A-Za-z0-9]+/g, "-")}`.replace(/-$/, ""),
    Status: "Enabled",
    Filter: { Prefix: prefix },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABORT_DAYS },
  };
}

function abortsUploads(rule: LifecycleRule, prefix: string): boolean {
  return (
    rule.Status === "Enabled" &&
    rule.AbortIncompleteMultipartUpload !== undefined &&
    prefix.startsWith(rule.Filter?.Prefix ?? "")
  );
}
