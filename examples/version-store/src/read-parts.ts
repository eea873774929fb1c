import type { Frame, Library, NdArray } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** Less than a whole value. */
export async function readParts(library: Library, log: Log): Promise<void> {
  const climb = await library.read<Frame>("flights/f1", {
    asOf: 2,
    dateRange: { from: new Date(60_000), to: new Date(62_000) },
    columns: ["altitude", "grounded"],
  });
  log(climb.value.toRows());

  const last = await library.tail<Frame>("flights/f1", 1, { asOf: 2, columns: [] });
  const some = await library.read<Frame>("flights/f1", { rowRange: { from: 10, to: -580 } });
  log(last.value.toRows(), some.value.rows);

  const { value } = await library.read<NdArray<Float32Array>>("paths/p1", {
    rowRange: { from: 12, to: 13 },
    members: [10, 11, 12, 13],
  });
  log(value.shape, value.values);

  const added = await library.read<Frame>("flights/f1", { asOf: 2, since: 1 });
  log(added.value.rows);

  let rows = 0;
  for await (const piece of library.readPieces<Frame>("flights/f1", { asOf: 2 })) {
    rows += piece.value.rows;
  }
  log(rows);
}
