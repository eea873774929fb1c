import { count, createCountedLibrary, round } from "./counted-library.mjs";

/** Requests for the newest version, for any other, and for lists, over a long history. */
export async function measureHistory({ versions }) {
  const { library, counter } = await createCountedLibrary();
  await fill(library, "long", versions);
  await fill(library, "listed", 5000);
  const rows = [];
  const resolved = await count(counter, () => library.resolve("long"));
  const read = await count(counter, () => library.read("long"));
  const newest = `the newest of ${versions} versions`;
  rows.push({ what: `reads to resolve ${newest}`, value: resolved.reads, unit: "reads" });
  rows.push({ what: `reads to read ${newest}, one segment`, value: read.reads, unit: "reads" });
  const worst = { version: 0, time: 0, negative: 0 };
  for (let version = 1; version <= versions; version += Math.ceil(versions / 199)) {
    const byVersion = await count(counter, () => library.resolve("long", { asOf: version }));
    const { committedAtMs } = await library.resolve("long", { asOf: version });
    const byTime = await count(counter, () =>
      library.resolve("long", { asOf: { timestamp: committedAtMs } }),
    );
    const negative = await count(counter, () => library.resolve("long", { asOf: -version }));
    worst.version = Math.max(worst.version, byVersion.reads);
    worst.time = Math.max(worst.time, byTime.reads);
    worst.negative = Math.max(worst.negative, negative.reads);
  }
  for (const [how, value] of Object.entries(worst)) {
    const what = `most reads to resolve asOf by ${how}, ${versions} versions`;
    rows.push({ what, value, unit: "reads", target: "at most 4" });
  }
  const listed = await count(counter, async () => {
    for await (const batch of library.listVersions("listed", { skipSnapshots: true })) void batch;
  });
  rows.push({ what: "listVersions of 5000", value: listed.reads, unit: "reads" });
  rows.push({ what: "listVersions of 5000", value: round(listed.durationMs), unit: "ms" });
  return rows;
}

async function fill(library, symbol, versions) {
  const atOnce = 256;
  for (let done = 0; done < versions; done += atOnce) {
    const some = Math.min(atOnce, versions - done);
    await Promise.all(
      Array.from({ length: some }, (_, index) => library.write(symbol, done + index)),
    );
  }
}
