import { frame } from "@foretile/version-store";
import { count, createCountedLibrary, round } from "./counted-library.mjs";

/** A thousand appends of one row each. */
export async function measureAppends() {
  const { library, counter } = await createCountedLibrary();
  const appended = await count(counter, async () => {
    for (let row = 0; row < 1000; row += 1) {
      await library.append(
        "ticks",
        frame({
          index: { name: "time", unit: "ms", values: BigInt64Array.of(BigInt(row)) },
          columns: { price: Float64Array.of(row * 1.5), size: Int32Array.of(row) },
        }),
      );
    }
  });
  const { segments } = await library.getInfo("ticks");
  const read = await count(counter, () => library.read("ticks"));
  const latest = await count(counter, () => library.read("ticks", { rowRange: { from: -1 } }));
  return [
    {
      what: "segments after 1000 one-row appends",
      value: segments,
      unit: "segments",
      target: "at most 15",
    },
    { what: "reads of all 1000 rows", value: read.reads, unit: "reads" },
    { what: "reads of the last row", value: latest.reads, unit: "reads" },
    {
      what: "requests an append",
      value: round((appended.reads + appended.writes + appended.deletes) / 1000, 2),
      unit: "requests",
    },
    {
      what: "bytes written an append",
      value: round(appended.bytesWritten / 1000, 0),
      unit: "bytes",
    },
  ];
}
