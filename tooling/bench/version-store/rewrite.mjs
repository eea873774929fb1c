import { ndarray } from "@foretile/version-store";
import { count, createCountedLibrary, round } from "./counted-library.mjs";

/** New bytes when 1 % of the rows of a large matrix change: written whole, and by update. */
export async function measureRewrite() {
  const { library, counter } = await createCountedLibrary();
  const [rows, columns] = [100_000, 640];
  const values = new Float32Array(rows * columns);
  for (let index = 0; index < values.length; index += 1)
    values[index] = Math.fround(Math.sin(index) * 100);
  const first = await count(counter, () =>
    library.write("matrix", ndarray({ shape: [rows, columns], values })),
  );
  const changed = values.slice();
  const [from, to] = [50_000, 51_000];
  for (let index = from * columns; index < to * columns; index += 1) changed[index] += 1;
  const again = await count(counter, () =>
    library.write("matrix", ndarray({ shape: [rows, columns], values: changed })),
  );
  const patch = changed.slice(from * columns, to * columns).map((value) => value + 1);
  const updated = await count(counter, () =>
    library.update("matrix", ndarray({ shape: [to - from, columns], values: patch }), {
      range: { rows: { from, to } },
    }),
  );
  const share = ({ bytesWritten }) => round((100 * bytesWritten) / first.bytesWritten, 2);
  return [
    {
      what: `stored bytes of a ${rows}×${columns} float32 matrix`,
      value: first.bytesWritten,
      unit: "bytes",
    },
    {
      what: "new bytes, 1 % of it changed, written whole",
      value: share(again),
      unit: "%",
      target: "at most 3 %",
    },
    {
      what: "new bytes, 1 % of it changed, by update",
      value: share(updated),
      unit: "%",
      target: "at most 3 %",
    },
  ];
}
