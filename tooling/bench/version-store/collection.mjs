import { ndarray } from "@foretile/version-store";
import { count, createCountedLibrary, round } from "./counted-library.mjs";

/** What pruning and collecting one version costs, in a symbol of 10 000 segments of which one changed each time. */
export async function measureCollection() {
  const times = { graceMs: 0, undeleteMs: 0 };
  const { library, counter } = await createCountedLibrary({ times });
  const [rows, columns] = [10_000, 16];
  const values = Float32Array.from({ length: rows * columns }, (_, index) => index);
  const value = ndarray({ shape: [rows, columns], values, grid: [1, columns] });
  await library.write("matrix", value);
  const results = [];
  for (const versions of [1, 10]) {
    for (let version = 0; version < versions; version += 1) {
      const row = ndarray({
        shape: [1, columns],
        values: new Float32Array(columns).fill(version),
        grid: [1, columns],
      });
      await library.update("matrix", row, { range: { rows: { from: version, to: version + 1 } } });
    }
    const pruned = await count(counter, () => library.prune("matrix", { keepLast: 1 }));
    const symbols = ["matrix"];
    const collected = await count(counter, () => library.collect({ symbols }));
    const everything = await count(counter, () => library.collect({ force: true }));
    const of = `${versions} of a symbol of 10 000 segments`;
    for (const cost of [
      { what: `prune ${of}`, ...pruned },
      { what: `collect only this symbol, ${of}`, ...collected },
      { what: `collect the whole library after that, ${of}`, ...everything },
    ]) {
      const requests = cost.reads + cost.writes + cost.deletes;
      results.push({ what: cost.what, value: cost.reads, unit: "reads" });
      results.push({ what: cost.what, value: cost.writes + cost.deletes, unit: "writes" });
      const perVersion = round(requests / versions);
      results.push({ what: `${cost.what}, per version`, value: perVersion, unit: "requests" });
    }
  }
  return results;
}
