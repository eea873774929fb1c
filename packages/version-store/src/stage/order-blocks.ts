import type { Block } from "../content/block.ts";
import { joinIndexFacts } from "../content/join-index-facts.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { StagedRows } from "./stage-token.ts";

/**
 * How the rows of several tokens are put in order.
 *
 * - `assert-disjoint`: by index, token after token; refuses tokens whose ranges overlap
 * - `merge`: by index, row by row; blocks whose ranges overlap are read and stored anew, equal rows in the tokens' order
 *
 * Rows without an index stay in the order of the tokens.
 */
export type StagedOrder = "assert-disjoint" | "merge";

/** A staged block, and the position of its token. */
interface RankedBlock {
  readonly block: Block;
  readonly rank: number;
}

/** Blocks that follow each other: one that stays as it is, or several that must be merged row by row. */
export type BlockCluster = readonly RankedBlock[];

/**
 * Puts staged blocks in order.
 *
 * @returns clusters in row order; one of several blocks, or of one block that is not in order itself, must be merged
 * @throws {VersionStoreError} `unsorted-append` when `assert-disjoint` does not hold
 */
export function orderBlocks(staged: readonly StagedRows[], order: StagedOrder): BlockCluster[] {
  const ranked = staged.flatMap(({ content: { blocks } }, rank) =>
    blocks.map((block) => ({ block, rank })),
  );
  if (ranked.every(({ block }) => block.index === undefined)) return ranked.map((one) => [one]);
  if (order === "assert-disjoint") return disjointTokens(staged).map((one) => [one]);
  return overlapping(ranked);
}

/** Whether the rows of a cluster have to be stored anew. */
export function mustMerge(cluster: BlockCluster): boolean {
  return cluster.length > 1 || cluster[0]?.block.index?.sorted === false;
}

function disjointTokens(staged: readonly StagedRows[]): RankedBlock[] {
  const tokens = staged.flatMap(({ content: { blocks } }, rank) => {
    const index = blocks.reduce<IndexFacts | undefined>(
      (facts, block) => joinIndexFacts(facts, block.index),
      undefined,
    );
    return index === undefined ? [] : [{ rank, blocks, index }];
  });
  tokens.sort((left, right) => compare(left.index.min, right.index.min));
  for (const [position, { index }] of tokens.entries()) {
    const before = tokens[position - 1]?.index;
    if (index.sorted && (before === undefined || before.max < index.min)) continue;
    throw new VersionStoreError(
      "unsorted-append",
      `staged rows are not in order or overlap; finalize them with the order merge min=${index.min} max=${index.max}`,
    );
  }
  return tokens.flatMap(({ blocks, rank }) => blocks.map((block) => ({ block, rank })));
}

function overlapping(ranked: readonly RankedBlock[]): BlockCluster[] {
  const sorted = ranked.toSorted(
    (left, right) => compare(minOf(left), minOf(right)) || left.rank - right.rank,
  );
  const clusters: { readonly blocks: RankedBlock[]; max: number | bigint; rank: number }[] = [];
  for (const one of sorted) {
    const last = clusters.at(-1);
    const min = minOf(one);
    const max = one.block.index?.max ?? min;
    // Where the last row of one block equals the first of another, the tokens' order must be kept.
    if (last !== undefined && (min < last.max || (min === last.max && one.rank < last.rank))) {
      last.blocks.push(one);
      if (max > last.max) last.max = max;
      last.rank = Math.max(last.rank, one.rank);
    } else {
      clusters.push({ blocks: [one], max, rank: one.rank });
    }
  }
  return clusters.map(({ blocks }) => blocks);
}

function minOf({ block: { index } }: RankedBlock): number | bigint {
  return index?.min ?? Number.NEGATIVE_INFINITY;
}

function compare(left: number | bigint, right: number | bigint): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
