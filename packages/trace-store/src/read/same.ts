import type { StoreContext } from "../store-context.ts";
import { checkPosition, placeOf } from "../tile/positions.ts";
import { POINT } from "../trace-values.ts";
import type { ReadOptions } from "./read-options.ts";
import { readPoints } from "./read-points.ts";
import { checkSelection } from "./select-rows.ts";
import { selectedTiles } from "./selected-tiles.ts";
import type { SameValue } from "./trace-block.ts";

/** Bytes of points that are read at a time. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Traces with the very same value. See `TraceStore.same`. */
export async function same(
  context: StoreContext,
  position: number,
  options: ReadOptions,
): Promise<readonly SameValue[]> {
  const { tileSize } = context.config;
  checkPosition(position, tileSize);
  const { offset } = placeOf(position, tileSize);
  const range = { from: position, to: position + 1 };
  const selection = checkSelection(options);
  const groups = new Map<string, { readonly value: SameValue["value"]; readonly ids: string[] }>();
  const { signal } = options;
  for await (const { view, rows } of selectedTiles(context, range, selection, {
    ...options,
    order: "newest",
  })) {
    const read = { offsets: [offset], pieceBytes: PIECE_BYTES, signal };
    for await (const piece of readPoints(context, view, rows, read)) {
      for (const [index, row] of piece.rows.entries()) {
        if (piece.states[index] !== POINT.value) continue;
        const id = view.table.idOf(row);
        const bits = piece.values.bitsAt(index);
        const group = groups.get(bits);
        if (group === undefined)
          groups.set(bits, { value: piece.values.valueAt(index), ids: [id] });
        else group.ids.push(id);
      }
    }
  }
  return [...groups.values()]
    .filter(({ ids }) => ids.length > 1)
    .sort(
      (left, right) =>
        right.ids.length - left.ids.length ||
        ((left.ids[0] as string) < (right.ids[0] as string) ? -1 : 1),
    );
}
