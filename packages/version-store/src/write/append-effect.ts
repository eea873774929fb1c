import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { IndexFacts } from "../value/index-bounds.ts";
import { areApart, writeEffect, type IndexHull } from "./effect.ts";
import type { Judge } from "./first-look.ts";

/** How an append takes it that others were first. */
export interface AppendRules {
  readonly upsert?: boolean | undefined;
  readonly rebaseOnOverwrite?: boolean | undefined;
}

/** @param index of the appended rows */
export function appendEffect(
  from: number,
  added: number,
  index: IndexFacts | undefined,
): DocumentValue {
  return writeEffect({ rows: { from, removed: 0, added }, index: index && hullOf(index) });
}

/**
 * Whether rows can still be appended after what others did.
 *
 * @param index of the rows
 */
export function appendHoldsAfter(
  index: IndexFacts | undefined,
  { upsert = true, rebaseOnOverwrite = false }: AppendRules,
): Judge {
  return async (operation, effect) => {
    if (operation === "append" || operation === "metadata") return true;
    if (operation === "delete") return upsert;
    if (operation !== "update" && operation !== "delete-range") return rebaseOnOverwrite;
    const theirs = await effect();
    if (theirs === undefined) return rebaseOnOverwrite;
    // Without an index a change of rows that were there leaves the end where it is.
    if (index === undefined) return true;
    return theirs.index !== undefined && areApart(theirs.index, hullOf(index));
  };
}

function hullOf({ min, max }: IndexFacts): IndexHull {
  return { from: min, to: max };
}
