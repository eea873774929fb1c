import { commonType, fitFloat64, isBigintArray } from "../value/element-conversion.ts";
import type { NumericArray, NumericType } from "../value/element-type.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { SchemaPolicy } from "./rowwise-operations.ts";

const POLICIES: readonly SchemaPolicy[] = ["strict", "add-columns", "promote"];

export interface TypeMeeting {
  /** For messages, such as `column="price"`. */
  readonly what: string;
  readonly stored: NumericType;
  readonly incoming: NumericType;
  readonly values: NumericArray;
  readonly policy: SchemaPolicy;
}

/**
 * The type in which stored and new numbers go on together.
 *
 * The stored type stays when it holds every value of the new type, and when it is float64 and the new 64-bit integers
 * are all exact in it. Otherwise only `promote` helps: the narrowest type that holds both. It rounds in one case,
 * because that is what promoting asks for: stored 64-bit integers beyond 2^53 that floats are added to. New integers
 * are never rounded, as they could still be given in another way. uint64 and signed integers have no common type.
 *
 * @throws {VersionStoreError} `schema-mismatch`
 */
export function agreeOnType(meeting: TypeMeeting): NumericType {
  const { stored, incoming, values, policy } = meeting;
  if (stored === incoming) return stored;
  if (policy === "strict") throw mismatch(meeting, "the strict policy takes no other type");
  const agreed = commonType(stored, incoming);
  if (agreed === undefined) throw mismatch(meeting, "no type holds both");
  if (agreed !== stored && policy !== "promote") {
    throw mismatch(meeting, `the promote policy would store everything as ${agreed}`);
  }
  if (isBigintArray(values) && agreed === "float64" && !fitFloat64(values)) {
    throw mismatch(meeting, "some of the new integers are not exact in float64");
  }
  return agreed;
}

/** @throws {VersionStoreError} `invalid-argument` */
export function checkPolicy(policy: SchemaPolicy): void {
  if (POLICIES.includes(policy)) return;
  throw new VersionStoreError(
    "invalid-argument",
    `schema policy must be one of ${POLICIES.join()} policy=${policy}`,
  );
}

function mismatch(meeting: TypeMeeting, why: string): VersionStoreError {
  const { what, stored, incoming } = meeting;
  return new VersionStoreError(
    "schema-mismatch",
    `new rows have another type: ${why} ${what} stored=${stored} new=${incoming}`,
    { details: { stored, new: incoming } },
  );
}
