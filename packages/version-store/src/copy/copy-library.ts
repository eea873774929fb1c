import { typedVerifiers } from "../check/segment-checks.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { CopyJob } from "./copy-job.ts";
import type { CopyOptions, CopyReport, CopySource } from "./copy-options.ts";
import { copySnapshots, readSnapshots, type SourceSnapshots } from "./copy-snapshots.ts";
import { copySymbol } from "./copy-symbol.ts";
import { CopyTally } from "./copy-tally.ts";
import { SegmentReader } from "./segment-reader.ts";

const DEFAULT_SYMBOLS_AT_ONCE = 4;
const MAX_SYMBOLS_AT_ONCE = 64;
const DEFAULT_BYTES_IN_FLIGHT = 64 * 1024 * 1024;
const DEFAULT_MAX_PROBLEMS = 1000;

/**
 * Copies symbols of another library, version by version, each by a transaction of its own: a copy keeps its number, its
 * commit's id, its time and all that was said about it. It may be broken off anywhere; the next one goes on. The source
 * is only read.
 *
 * @throws {VersionStoreError} `invalid-argument`, `read-only-library`, `quota-exceeded`, `concurrent-modification`,
 *   `transaction-expired`, `commit-outcome-unknown`. What was copied by then stays
 */
export async function copyLibrary(
  target: LibraryContext,
  source: CopySource,
  options: CopyOptions = {},
): Promise<CopyReport> {
  checkOptions(options);
  const { versions = "newest", dryRun = false, verify = false, symbols, signal } = options;
  if (!dryRun) ensureWritable(target);
  const verifiers = new Map([...typedVerifiers(target), ...(options.verifiers ?? [])]);
  const segments = new SegmentReader(
    verifiers,
    options.maxBytesInFlight ?? DEFAULT_BYTES_IN_FLIGHT,
  );
  const tally = new CopyTally(options, options.maxProblems ?? DEFAULT_MAX_PROBLEMS);
  const isNamed = symbols !== undefined;
  const call = { signal };
  const cells = options.cells ?? new Map();
  const job: CopyJob = {
    source,
    target,
    segments,
    cells,
    tally,
    versions,
    isNamed,
    dryRun,
    verify,
    call,
  };

  const pinned: SourceSnapshots =
    options.snapshots === true ? await readSnapshots(job) : { snapshots: [], pins: new Map() };
  tally.totalSymbols = await countSymbols(job, options);
  for await (const batch of symbolBatches(job, options)) {
    await runBounded(batch, options.symbolsAtOnce ?? DEFAULT_SYMBOLS_AT_ONCE, async (named) => {
      if (typeof named === "string") {
        await copySymbol(job, named, pinned.pins.get(named) ?? []);
      } else {
        tally.addProblem({ kind: "damaged", key: named.key, message: named.error.message });
        tally.endSymbol(0);
      }
    });
  }
  await copySnapshots(job, pinned.snapshots);
  return tally.report();
}

/** A symbol's name, or the head that does not tell it. */
type NamedSymbol = string | { readonly key: string; readonly error: Error };

async function* symbolBatches(
  { source, call }: CopyJob,
  { symbols, prefix }: CopyOptions,
): AsyncGenerator<readonly NamedSymbol[], void, undefined> {
  if (symbols !== undefined) {
    yield [...new Set(symbols)];
    return;
  }
  for await (const batch of source.listSymbols({ ...call, prefix, includeDeleted: true })) {
    yield batch.map((entry) => (entry.symbol === undefined ? entry : entry.symbol));
  }
}

async function countSymbols(job: CopyJob, options: CopyOptions): Promise<number> {
  let count = 0;
  for await (const batch of symbolBatches(job, options)) count += batch.length;
  return count;
}

function checkOptions(options: CopyOptions): void {
  const { symbols, prefix, versions, snapshots, symbolsAtOnce, maxBytesInFlight } = options;
  if (symbols !== undefined && prefix !== undefined) {
    throw new VersionStoreError("invalid-argument", "give either symbols or a prefix, not both");
  }
  if (snapshots === true && (symbols !== undefined || (prefix ?? "") !== "")) {
    throw new VersionStoreError(
      "invalid-argument",
      "snapshots pin symbols of a whole library, so they cannot be copied with some of them",
    );
  }
  if (typeof versions === "object") checkWhole("versions.last", versions.last, Infinity);
  checkWhole("symbolsAtOnce", symbolsAtOnce, MAX_SYMBOLS_AT_ONCE);
  checkWhole("maxBytesInFlight", maxBytesInFlight, Infinity);
}

function checkWhole(name: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= most)) return;
  throw new VersionStoreError(
    "invalid-argument",
    `${name} must be a whole number of at least 1${most === Infinity ? "" : ` and at most ${most}`} ${name}=${value}`,
  );
}
