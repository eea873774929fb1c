import { VersionStoreError } from "../version-store-error.ts";
import type { ArraySchema, Tile } from "./array-form.ts";
import type { Selection } from "./stored-form.ts";

/** Wanted members that follow each other both in the array and in the result. */
export interface MemberRun {
  /** Position of the first on axis 1 of the array. */
  readonly member: number;
  /** Position of the first on axis 1 of the result. */
  readonly at: number;
  readonly count: number;
}

/**
 * The wanted members of an array; `undefined` for all.
 *
 * @throws {VersionStoreError} `invalid-range` for one that the array does not have; `invalid-argument` for duplicates,
 *   none at all, an array without members, and for columns
 */
export function selectedMembers(
  { axes }: ArraySchema,
  { columns, members }: Selection,
): readonly number[] | undefined {
  if (columns !== undefined) throw invalid("an array has members but no columns");
  if (members === undefined) return undefined;
  const [length] = axes;
  if (length === undefined) throw invalid("an array of one axis has no members");
  if (members.length === 0) throw invalid("at least one member must be wanted");
  for (const member of members) {
    if (Number.isSafeInteger(member) && member >= 0 && member < length) continue;
    throw new VersionStoreError(
      "invalid-range",
      `array has no such member member=${member} members=${length}`,
      { details: { member, members: length } },
    );
  }
  if (new Set(members).size < members.length) throw invalid("a member is wanted twice");
  return members;
}

export function memberRuns(members: readonly number[]): MemberRun[] {
  const runs: MemberRun[] = [];
  for (const [at, member] of members.entries()) {
    const last = runs.at(-1);
    if (last && last.member + last.count === member) {
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    } else {
      runs.push({ member, at, count: 1 });
    }
  }
  return runs;
}

/** What of the runs lies within a tile. */
export function runsWithinTile(runs: readonly MemberRun[], { from, shape }: Tile): MemberRun[] {
  const [start = 0] = from;
  const [length = 0] = shape;
  return runs.flatMap(({ member, at, count }) => {
    const first = Math.max(member, start);
    const end = Math.min(member + count, start + length);
    return first < end ? [{ member: first, at: at + first - member, count: end - first }] : [];
  });
}

function invalid(message: string): VersionStoreError {
  return new VersionStoreError("invalid-argument", message);
}
