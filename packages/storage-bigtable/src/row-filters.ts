import type { FamilyName, GarbageRule, KeyRange, RowFilter, RowPredicate } from "@foretile/storage";
import type { protos } from "@google-cloud/bigtable-api";

import { protoTimestampRange } from "./row-mutations.ts";

export type ProtoFilter = protos.google.bigtable.v2.IRowFilter;
export type Families = ReadonlyMap<FamilyName, GarbageRule>;

const MAX_INT32 = 2 ** 31 - 1;

/*
 * The service removes what a garbage rule lets go when it gets round to it, up to a week later. Every filter here
 * applies the rule first, then what the caller asked for. Filters of the kind "condition" are never used: they are not
 * atomic.
 */

/**
 * What lets through the cells that the rules leave and the caller's filter wants.
 *
 * @param families those the table has
 * @returns `undefined` when nothing can pass
 */
export function readFilter(
  filter: RowFilter = {},
  families: Families,
  nowMs: number,
): ProtoFilter | undefined {
  const wanted = [...families].filter(([name]) => filter.families?.includes(name) ?? true);
  const groups = new Map<string, { names: FamilyName[]; chain: readonly ProtoFilter[] }>();
  for (const [name, rule] of wanted) {
    const chain = familyChain(filter, rule, nowMs);
    if (chain === undefined) continue;
    // Families of one rule share a branch, unless each needs its own range of qualifiers.
    const group = filter.qualifiers === undefined ? JSON.stringify(rule) : name;
    const there = groups.get(group);
    if (there === undefined) groups.set(group, { names: [name], chain });
    else there.names.push(name);
  }
  // Without a wish for families one branch takes in also those that were made since the rules were read.
  const all = groups.size === 1 && filter.families === undefined;
  const branches = [...groups.values()].flatMap(({ names, chain }) => {
    const columns = all && filter.qualifiers === undefined ? [] : columnFilters(names, filter);
    return columns === undefined ? [] : [chained([...columns, ...chain])];
  });
  return branches.length > 1 ? { interleave: { filters: branches } } : branches[0];
}

/**
 * What lets through at least one cell exactly when the predicate holds.
 *
 * @param families those the table has
 */
export function predicateFilter(
  predicate: RowPredicate,
  families: Families,
  nowMs: number,
): ProtoFilter {
  const { family, qualifier, value } = predicate;
  const rule = families.get(family);
  // A range of columns of a family that is not there may be refused; a pattern that no family has is not.
  if (rule === undefined) return { familyNameRegexFilter: family };
  return chained([
    columnFilter(family, qualifier),
    // Before the value: an older cell never counts.
    { cellsPerColumnLimitFilter: 1 },
    ...youngerThan(rule, nowMs),
    ...(value === undefined ? [] : [valueFilter(value)]),
  ]);
}

/** Exactly one column. */
export function columnFilter(family: FamilyName, qualifier: string): ProtoFilter {
  const name = Buffer.from(qualifier, "latin1");
  return {
    columnRangeFilter: {
      familyName: family,
      startQualifierClosed: name,
      endQualifierClosed: name,
    },
  };
}

/** Exactly this value. */
export function valueFilter(value: Uint8Array): ProtoFilter {
  return { valueRangeFilter: { startValueClosed: value, endValueClosed: value } };
}

/** All of `filters`, one after the other. */
export function chained(filters: readonly ProtoFilter[]): ProtoFilter {
  const [only] = filters;
  if (only === undefined) return { passAllFilter: true };
  return filters.length === 1 ? only : { chain: { filters: [...filters] } };
}

function familyChain(
  { timestampsMicros, cellsPerColumn }: RowFilter,
  rule: GarbageRule,
  nowMs: number,
): readonly ProtoFilter[] | undefined {
  const range = timestampsMicros === undefined ? undefined : protoTimestampRange(timestampsMicros);
  if (timestampsMicros !== undefined && range === undefined) return undefined;
  return [
    ...newestOnly(rule.maxVersions),
    ...youngerThan(rule, nowMs),
    ...(range === undefined ? [] : [{ timestampRangeFilter: range }]),
    ...newestOnly(cellsPerColumn),
  ];
}

function newestOnly(count: number | undefined): readonly ProtoFilter[] {
  return count === undefined || count > MAX_INT32 ? [] : [{ cellsPerColumnLimitFilter: count }];
}

function youngerThan({ maxAgeMs }: GarbageRule, nowMs: number): readonly ProtoFilter[] {
  if (maxAgeMs === undefined) return [];
  const range = protoTimestampRange({ gte: Math.max(0, (nowMs - maxAgeMs) * 1_000) });
  return range === undefined ? [] : [{ timestampRangeFilter: range }];
}

/** @returns `undefined` when no column can pass */
function columnFilters(
  names: readonly FamilyName[],
  { qualifiers }: RowFilter,
): readonly ProtoFilter[] | undefined {
  const [family] = names;
  if (family === undefined) return undefined;
  // Family names have no character that means something in a pattern, and a pattern must fit the whole name.
  if (qualifiers === undefined) return [{ familyNameRegexFilter: names.join("|") }];
  if (qualifiers.lt !== undefined && qualifiers.lt <= (qualifiers.gte ?? "")) return undefined;
  return [{ columnRangeFilter: { familyName: family, ...qualifierRange(qualifiers) } }];
}

function qualifierRange({ gte, lt }: KeyRange): object {
  return {
    ...(gte === undefined ? {} : { startQualifierClosed: Buffer.from(gte, "latin1") }),
    ...(lt === undefined ? {} : { endQualifierOpen: Buffer.from(lt, "latin1") }),
  };
}
