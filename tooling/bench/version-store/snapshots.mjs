import { count, createCountedLibrary, round } from "./counted-library.mjs";

/** Requests for snapshots, a thousand of them over ten symbols. */
export async function measureSnapshots() {
  const { library, counter } = await createCountedLibrary();
  for (let symbol = 0; symbol < 10; symbol += 1) await library.write(`s${symbol}`, symbol);
  let created;
  for (let index = 0; index < 1000; index += 1) {
    created = await count(counter, () =>
      library.snapshot(`snapshot ${index}`, { metadata: { index, why: "figures" } }),
    );
  }
  const listed = await count(counter, async () => {
    let found = 0;
    for await (const batch of library.listSnapshots()) found += batch.length;
    if (found !== 1000) throw new Error(`listed ${found} snapshots`);
  });
  const read = await count(counter, () => library.read("s3", { asOf: "snapshot 500" }));
  const deleted = await count(counter, () => library.deleteSnapshot("snapshot 500"));
  return [
    { what: "snapshot of 10 symbols", value: created.reads + created.writes, unit: "requests" },
    { what: "listSnapshots of 1000 with metadata", value: listed.reads, unit: "reads" },
    { what: "listSnapshots of 1000 with metadata", value: round(listed.durationMs), unit: "ms" },
    { what: "read through a snapshot", value: read.reads, unit: "reads" },
    { what: "deleteSnapshot", value: deleted.writes, unit: "writes" },
  ];
}
