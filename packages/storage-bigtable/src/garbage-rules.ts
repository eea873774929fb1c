import { StorageError, type GarbageRule } from "@foretile/storage";
import type { protos } from "@google-cloud/bigtable-api";

type ProtoRule = protos.google.bigtable.admin.v2.IGcRule;

const MAX_INT32 = 2 ** 31 - 1;

/**
 * A rule as the service wants it; `null` keeps everything.
 *
 * @throws {StorageError} `invalid-argument` for more versions than the service can count
 */
export function protoRule({ maxVersions, maxAgeMs }: GarbageRule): ProtoRule | null {
  if (maxVersions !== undefined && maxVersions > MAX_INT32) {
    throw new StorageError(
      "invalid-argument",
      `maxVersions is more than the service can count limit=${MAX_INT32} value=${maxVersions}`,
    );
  }
  const versions = maxVersions === undefined ? [] : [{ maxNumVersions: maxVersions }];
  const age = maxAgeMs === undefined ? [] : [{ maxAge: duration(maxAgeMs) }];
  const rules: readonly ProtoRule[] = [...versions, ...age];
  // A union lets a cell go as soon as one of its rules does.
  return rules.length > 1 ? { union: { rules: [...rules] } } : (rules[0] ?? null);
}

/**
 * What a rule of the service means here. One that others made may say what ours cannot, such as that two conditions
 * must both hold: it becomes a rule that lets go of nothing which the service keeps.
 */
export function garbageRule(rule: ProtoRule | null | undefined): GarbageRule {
  if (!rule) return {};
  if (rule.union) {
    const parts = (rule.union.rules ?? []).map((part) => garbageRule(part));
    return mergeRules(parts);
  }
  if (rule.maxNumVersions) return { maxVersions: rule.maxNumVersions };
  if (rule.maxAge) return { maxAgeMs: ageOf(rule.maxAge) };
  const [only] = rule.intersection?.rules ?? [];
  return rule.intersection?.rules?.length === 1 ? garbageRule(only) : {};
}

/** Whether the service's rule says something that a rule of ours cannot. */
export function isForeignRule(rule: ProtoRule | null | undefined): boolean {
  if (!rule) return false;
  if (rule.union) return (rule.union.rules ?? []).some((part) => isForeignRule(part));
  return rule.intersection !== undefined && rule.intersection !== null;
}

/** A rule in words, for people. */
export function describeRule({ maxVersions, maxAgeMs }: GarbageRule): string {
  const parts = [
    ...(maxVersions === undefined ? [] : [`the newest ${maxVersions} of each column`]),
    ...(maxAgeMs === undefined ? [] : [`what is younger than ${describeAge(maxAgeMs)}`]),
  ];
  return parts.length === 0 ? "keeps all cells" : `keeps ${parts.join(" of ")}`;
}

/** What the service may let go under `wanted` that it keeps under `current`, in words; `undefined` for nothing. */
export function lostCells(current: GarbageRule, wanted: GarbageRule): string | undefined {
  const { maxVersions, maxAgeMs } = wanted;
  const parts = [
    ...(maxVersions !== undefined && maxVersions < (current.maxVersions ?? Number.POSITIVE_INFINITY)
      ? [`all but the newest ${maxVersions} of each column`]
      : []),
    ...(maxAgeMs !== undefined && maxAgeMs < (current.maxAgeMs ?? Number.POSITIVE_INFINITY)
      ? [`cells older than ${describeAge(maxAgeMs)}`]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join(" and ");
}

/** Whether both rules let go the same. */
export function sameRule(left: GarbageRule, right: GarbageRule): boolean {
  return left.maxVersions === right.maxVersions && left.maxAgeMs === right.maxAgeMs;
}

/** The tightest of both conditions: a union of rules lets go what any of them does. */
function mergeRules(rules: readonly GarbageRule[]): GarbageRule {
  const versions = rules.flatMap(({ maxVersions }) => maxVersions ?? []);
  const ages = rules.flatMap(({ maxAgeMs }) => maxAgeMs ?? []);
  return {
    ...(versions.length === 0 ? {} : { maxVersions: Math.min(...versions) }),
    ...(ages.length === 0 ? {} : { maxAgeMs: Math.min(...ages) }),
  };
}

function duration(ageMs: number): protos.google.protobuf.IDuration {
  return {
    seconds: Math.floor(ageMs / 1_000),
    nanos: (ageMs % 1_000) * 1_000_000,
  };
}

function ageOf({ seconds, nanos }: protos.google.protobuf.IDuration): number {
  return Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1_000_000);
}

const DAY_MS = 86_400_000;

function describeAge(ageMs: number): string {
  return ageMs % DAY_MS === 0 ? `${ageMs / DAY_MS} d` : `${ageMs} ms`;
}
