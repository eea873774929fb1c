const EVERYTHING = ["W1", "W2", "W3 step", "W3 steps", "W4", "W5"];
const SCORES = ["W4"];

const own = (file) => new URL(`../subjects/${file}.mjs`, import.meta.url).href;
const peer = (file) => new URL(`../peers/${file}.mjs`, import.meta.url).href;

/**
 * All that can be measured. A name that ends in `-default` is the same thing as one would first use it.
 *
 * @type {readonly import("./subject.ts").Subject[]}
 */
export const subjects = [
  {
    name: "foretile",
    settings: "LMDB, mode pack, every byte checked; W1 is the whole program foretile-writer",
    licence: "Apache-2.0",
    module: own("foretile"),
    workloads: EVERYTHING,
    needs: [],
  },
  {
    name: "foretile-threads",
    settings: "as foretile, on two threads that open the store themselves",
    licence: "Apache-2.0",
    module: own("foretile"),
    variant: "threads",
    workloads: SCORES,
    needs: [],
  },
  {
    name: "foretile-split",
    settings: "mode split: the smallest, for what is kept long",
    licence: "Apache-2.0",
    module: own("foretile"),
    variant: "split",
    workloads: ["W2", "W3 step", "W3 steps", "W4", "W5"],
    needs: [],
  },
  {
    name: "raw-files",
    settings: "one file a request, step-major, flushed once; read without other threads",
    licence: "-",
    module: own("raw-files"),
    workloads: EVERYTHING,
    needs: [],
  },
  {
    name: "raw-files-default",
    settings: "one file an answer, path-major as it was sent, each flushed",
    licence: "-",
    module: own("raw-files"),
    variant: "default",
    workloads: EVERYTHING,
    needs: [],
  },
  {
    name: "sqlite",
    settings:
      "node:sqlite, WAL, synchronous full, 64 KiB pages, mapped, a row for 32 steps; checkpoint included",
    licence: "public domain",
    module: own("sqlite"),
    workloads: EVERYTHING,
    needs: [],
  },
  {
    name: "sqlite-default",
    settings: "node:sqlite as it comes, a row for an answer, path-major",
    licence: "public domain",
    module: own("sqlite"),
    variant: "default",
    workloads: EVERYTHING,
    needs: [],
  },
  {
    name: "lmdb",
    settings: "lmdb, raw step-major parts of 32 steps, read without copies, flushed",
    licence: "MIT",
    module: peer("lmdb"),
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "lmdb-lz4",
    settings:
      "lmdb, the plain codec: a version byte and lz4 of an answer, path-major; transposed when read",
    licence: "MIT",
    module: peer("lmdb"),
    variant: "lz4",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "zarrita",
    settings: "Zarr v3, chunks of 32 steps of an answer, blosc lz4 with a shuffle that works",
    licence: "MIT",
    module: peer("zarrita"),
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "zarrita-slices",
    settings: "the same in chunks of one step of 25 answers",
    licence: "MIT",
    module: peer("zarrita"),
    variant: "slices",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "zarrita-default",
    settings: "Zarr v3 as it comes: a chunk for an answer, no codec",
    licence: "MIT",
    module: peer("zarrita"),
    variant: "default",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "duckdb-parquet",
    settings:
      "Parquet V2 (byte stream split), lz4_raw, no dictionary, a row for a step of an answer, by step",
    licence: "MIT",
    module: peer("duckdb"),
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "duckdb-parquet-default",
    settings: "COPY ... TO 'file.parquet' as it comes, a row for a step of an answer, by answer",
    licence: "MIT",
    module: peer("duckdb"),
    variant: "default",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "duckdb-blob",
    settings: "native table, a BLOB for 32 steps of an answer; checkpoint included",
    licence: "MIT",
    module: peer("duckdb"),
    variant: "blob",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "lancedb",
    settings:
      "a row for a step of an answer, FixedSizeList, by step, index on the step; flushed afterwards",
    licence: "Apache-2.0",
    module: peer("lancedb"),
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "lancedb-default",
    settings: "a row for an answer, binary, path-major; flushed afterwards",
    licence: "Apache-2.0",
    module: peer("lancedb"),
    variant: "default",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "h5wasm",
    settings: "HDF5, a contiguous step-major array for an answer; flushed afterwards",
    licence: "of NIST, in its LICENSE.txt",
    module: peer("h5wasm"),
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "h5wasm-gzip",
    settings: "HDF5, chunks of 32 steps of an answer, gzip 4; flushed afterwards",
    licence: "of NIST, in its LICENSE.txt",
    module: peer("h5wasm"),
    variant: "gzip",
    workloads: EVERYTHING,
    needs: ["peers"],
  },
  {
    name: "postgres",
    settings:
      "bytea, storage external, step-major, binary both ways; fsync and synchronous_commit on",
    licence: "PostgreSQL",
    module: peer("postgres"),
    workloads: EVERYTHING,
    needs: ["peers", "postgres"],
  },
  {
    name: "postgres-default",
    settings: "bytea as it comes, path-major, text both ways",
    licence: "PostgreSQL",
    module: peer("postgres"),
    variant: "default",
    workloads: EVERYTHING,
    needs: ["peers", "postgres"],
  },
  {
    name: "postgres-json",
    settings: "a JSON column, an answer in a row; what is stored is what was sent",
    licence: "PostgreSQL",
    module: peer("postgres"),
    variant: "json",
    workloads: EVERYTHING,
    needs: ["peers", "postgres"],
  },
  {
    name: "json-parse",
    settings: "JSON.parse of the answers and nothing else",
    licence: "MIT",
    module: own("json-parse"),
    workloads: ["W1"],
    needs: [],
  },
  {
    name: "numpy",
    settings: "raw float32, CRPS by numpy's sort and one product over all columns of an interval",
    licence: "BSD-3-Clause",
    module: own("python-scorer"),
    variant: "numpy",
    workloads: SCORES,
    needs: ["python"],
  },
  {
    name: "properscoring-numba",
    settings:
      "raw float32, properscoring's algorithm under numba, called for each column as the network does",
    licence: "Apache-2.0",
    module: own("python-scorer"),
    variant: "numba",
    workloads: SCORES,
    needs: ["python"],
  },
  {
    name: "postgres-json-numba",
    settings: "the system replaced: JSON from Postgres through psycopg2, then properscoring-numba",
    licence: "PostgreSQL",
    module: peer("postgres"),
    variant: "json-numba",
    workloads: SCORES,
    needs: ["python", "postgres", "peers"],
  },
];

/** The subjects that names mean; a name may end in `*`. Throws for one that means none. */
export function subjectsNamed(names) {
  const found = names.flatMap((name) => {
    const matches = name.endsWith("*")
      ? subjects.filter((subject) => subject.name.startsWith(name.slice(0, -1)))
      : subjects.filter((subject) => subject.name === name);
    if (matches.length === 0) throw new Error(`no such subject: ${name}; see --help`);
    return matches;
  });
  return [...new Set(found)];
}
