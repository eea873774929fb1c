/**
 * What was aimed at, as ratios of medians of one run.
 *
 * @typedef {{ what: string, wanted: number, atMost?: boolean, value: number | undefined }} Target
 *
 * @param {readonly import("./report/results.mjs").ResultRow[]} rows
 * @param {readonly string[]} peers names of subjects that are others' stores
 * @returns {readonly Target[]} those whose parts were measured
 */
export function targets(rows, peers) {
  const median = (workload, subject, metric = "time") =>
    rows.find(
      (row) => row.workload === workload && row.subject === subject && row.metric === metric,
    )?.median;
  const faster = (workload, than, subject = "foretile") =>
    ratio(median(workload, than), median(workload, subject));
  const best = bestOf(peers, (name) => median("W2", name));
  const all = [
    {
      what: "size: pack, BTC of 8 digits",
      wanted: 1.74,
      value: median("size", "pack, BTC of 8 digits", SIZE),
    },
    {
      what: "size: ETH of 2 decimals",
      wanted: 2.4,
      value: median("size", "auto, ETH of 2 decimals", SIZE),
    },
    {
      what: "size: split, BTC of 8 digits",
      wanted: 1.9,
      value: median("size", "split, BTC of 8 digits", SIZE),
    },
    { what: "W1 beside JSON.parse alone", wanted: 1.5, value: faster("W1", "json-parse") },
    { what: "W2 beside LMDB + lz4 + transpose", wanted: 7, value: faster("W2", "lmdb-lz4") },
    {
      what: `W2 beside the fastest peer, ${best}`,
      wanted: 2,
      value: best && faster("W2", best),
    },
    {
      what: `W2 bytes on disk of ${best}`,
      wanted: 1.7,
      value: best && ratio(median("W2", best, "on disk"), median("W2", "foretile", "on disk")),
    },
    { what: "W3 one step beside LanceDB", wanted: 1.5, value: faster("W3 step", "lancedb") },
    {
      what: "W4 beside properscoring + numba",
      wanted: 5,
      value: faster("W4", "properscoring-numba"),
    },
    {
      what: "W4 on two threads beside one",
      wanted: 1.7,
      value: faster("W4", "foretile", "foretile-threads"),
    },
    {
      // As the scorer works when nobody says otherwise.
      what: "W4 on two threads beside JSON in Postgres",
      wanted: 50,
      value: faster("W4", "postgres-json-numba", "foretile-threads"),
    },
    {
      what: "W4 memory beside the mapped store, MB",
      wanted: 256,
      atMost: true,
      value: median("W4", "foretile", "memory beside files"),
    },
  ];
  return all.filter(({ value }) => value !== undefined);
}

function ratio(above, below) {
  return above === undefined || below === undefined ? undefined : above / below;
}

const SIZE = "float32 per stored byte";

function bestOf(names, timeOf) {
  const timed = names.filter((name) => timeOf(name) !== undefined);
  return timed.sort((left, right) => (timeOf(left) ?? 0) - (timeOf(right) ?? 0))[0];
}

/** @param {Target} target */
export function isMet({ value, wanted, atMost = false }) {
  return value !== undefined && (atMost ? value <= wanted : value >= wanted);
}
