import { goldColumn } from "@foretile/keyspace/gold";
import type { CallOptions } from "@foretile/storage";
import type { SameValue } from "../read/trace-block.ts";
import { POINT } from "../trace-values.ts";
import { digestOfText, textOfDigest } from "./digest-text.ts";
import { goldPlace, type GoldContext } from "./gold-context.ts";
import { DIGEST_FAMILY } from "./gold-families.ts";
import { scanTile } from "./scan-tile.ts";
import { TileRowReader, tileTraces } from "./tile-rows.ts";

/** Which traces have the same digest at a position: groups of two or more, the largest first. Reads one column. */
export async function sameDigests(
  context: GoldContext,
  position: number,
  { signal }: CallOptions,
): Promise<readonly SameValue<"digest">[]> {
  const { tile, offset } = goldPlace(position);
  const column = goldColumn(offset);
  const filter = {
    families: [DIGEST_FAMILY],
    qualifiers: { gte: column, lt: `${column} ` },
    cellsPerColumn: 1,
  };
  const rows = new TileRowReader();
  await scanTile(context, tile, { types: ["t"], filter, signal }, (batch) => {
    for (const row of batch) rows.read(row);
  });
  const { traces } = tileTraces(rows, await context.dictionaries.newest(tile, signal));
  const groups = new Map<string, string[]>();
  for (const { id, points } of traces) {
    // One column was read, so there is one point at most.
    if (points.states[0] !== POINT.value) continue;
    const text = textOfDigest(points.digests);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [id]);
    else group.push(id);
  }
  return [...groups]
    .filter(([, ids]) => ids.length > 1)
    .sort(([left, some], [right, others]) => others.length - some.length || (left < right ? -1 : 1))
    .map(([text, ids]) => ({ value: digestOfText(text), ids }));
}
