import type { RefEntry } from "@foretile/storage";
import { BlobTable } from "../collect/blob-table.ts";
import { isDamage } from "../collect/damage.ts";
import { listInto } from "../collect/list-blobs.ts";
import { headRefs, snapshotRefs } from "../collect/listed-refs.ts";
import { runBounded } from "../collect/run-bounded.ts";
import { selectNames, selectPrefix, type SymbolSelection } from "../collect/symbol-selection.ts";
import { READS_AT_ONCE, Walk } from "../collect/walk.ts";
import { openHead, walkHead } from "../collect/walk-head.ts";
import { walkSnapshot } from "../collect/walk-snapshot.ts";
import { CONFIG_KEY } from "../library/keys.ts";
import { readConfig } from "../library/library-config.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError, VersionStoreError } from "../version-store-error.ts";
import { checkIntents } from "./check-intents.ts";
import type { CheckOptions, CheckReport } from "./check-options.ts";
import { CheckVisitor, wholeMessage } from "./check-visitor.ts";
import { Findings } from "./finding.ts";
import { findForeignRefs, findLeftovers } from "./leftovers.ts";
import { PackIndexes } from "./pack-indexes.ts";
import { SegmentChecks, typedVerifiers } from "./segment-checks.ts";

const DEFAULT_BYTES_IN_FLIGHT = 64 * 1024 * 1024;
const DEFAULT_MAX_FINDINGS = 1000;

/**
 * Looks for damage, and for what should not be there, without changing anything. May run beside writers and collections:
 * what they just replaced or deleted is no finding. Damage ends nothing; a store that does not answer does.
 *
 * Level 1 holds about 26 bytes per blob in memory.
 *
 * @throws {VersionStoreError} `invalid-argument`
 */
export async function checkLibrary(
  context: LibraryContext,
  options: CheckOptions = {},
): Promise<CheckReport> {
  const { level = 1, signal, onProgress, maxFindings = DEFAULT_MAX_FINDINGS } = options;
  if (![0, 1, 2].includes(level)) {
    throw new VersionStoreError("invalid-argument", `level must be 0, 1 or 2 level=${level}`);
  }
  const symbols = selectionOf(options);
  const findings = new Findings(maxFindings, options.onFinding);
  const add = findings.add.bind(findings);
  const table = new BlobTable();
  const segments = new SegmentChecks(context, table, {
    level,
    verifiers: new Map([...typedVerifiers(context), ...(options.verifiers ?? [])]),
    maxBytesInFlight: options.maxBytesInFlight ?? DEFAULT_BYTES_IN_FLIGHT,
    packs: new PackIndexes(context, add, { signal }),
    signal,
  });
  const progress = (phase: "list" | "walk", done: number): void =>
    onProgress?.({ phase, done, verifiedBytes: segments.verified.bytes });

  await checkConfig(context, findings, options);
  // In this order: what a transaction stored that is over by the time its intent is looked for, is named by a head that
  // is read after that, or by nothing.
  if (level > 0) {
    await listInto(context, table, {
      signal,
      onForeign: ({ key }) => {
        const message = "no library uses this key; it is left alone";
        if (symbols === undefined) add({ severity: "warning", kind: "foreign-blob", key, message });
      },
      onBatch: (done) => progress("list", done),
    });
  }
  const intents = await checkIntents(context, symbols === undefined ? add : ignore, { signal });
  const hasIntent = (transactionId: string): boolean => intents.has(transactionId);
  const visitor = new CheckVisitor({ table, segments, add, hasIntent });
  await walkAll(new Walk(context, visitor, { signal }), symbols, (done) => progress("walk", done));
  if (level > 0 && symbols === undefined) {
    const { condemned, damages } = visitor;
    const isDamaged = damages.length > 0;
    await findLeftovers(context, { table, condemned, hasIntent, isDamaged, add, signal });
    await findForeignRefs(context, { add, signal });
  }
  for (const [handler, count] of segments.unverified) {
    const message = `${count} segments of another handler were not verified handler=${JSON.stringify(handler)}`;
    add({ severity: "note", kind: "unverified", message });
  }
  return {
    level,
    healthy: findings.counts.error === 0,
    findings: findings.kept,
    counts: findings.counts,
    ...visitor.counts,
    segments: segments.segments,
    verified: segments.verified,
  };
}

function ignore(): void {
  // Transactions of all symbols are of no interest to a check of some.
}

/** @throws {VersionStoreError} `invalid-argument` */
function selectionOf({ symbols, prefix }: CheckOptions): SymbolSelection | undefined {
  if (symbols !== undefined && prefix !== undefined) {
    throw new VersionStoreError("invalid-argument", "give either symbols or a prefix, not both");
  }
  if (symbols !== undefined) return selectNames(symbols);
  return prefix === undefined || prefix === "" ? undefined : selectPrefix(prefix);
}

async function checkConfig(
  context: LibraryContext,
  findings: Findings,
  { signal }: CheckOptions,
): Promise<void> {
  try {
    await readConfig(context.refs, context.documents, { signal });
  } catch (error) {
    if (!isDamage(error) && !isVersionStoreError(error, "not-a-library")) throw error;
    const message = wholeMessage(error);
    findings.add({ severity: "error", kind: "config", key: CONFIG_KEY, message });
  }
}

async function walkAll(
  walk: Walk,
  symbols: SymbolSelection | undefined,
  onProgress: (done: number) => void,
): Promise<void> {
  const { context, options } = walk;
  let done = 0;
  for await (const refs of headRefs(context, symbols?.names, options)) {
    const wanted = symbols === undefined ? refs : refs.filter((ref) => isOf(context, ref, symbols));
    await runBounded(wanted, READS_AT_ONCE, (ref) => walkHead(walk, ref));
    done += refs.length;
    onProgress(done);
  }
  for await (const refs of snapshotRefs(context, options)) {
    await runBounded(refs, READS_AT_ONCE, (ref) => walkSnapshot(walk, ref, symbols));
    done += refs.length;
    onProgress(done);
  }
}

/** Whether a head is one of the selected symbols'; one that is damaged may be. */
function isOf(
  context: LibraryContext,
  { key, value }: RefEntry,
  symbols: SymbolSelection,
): boolean {
  try {
    return symbols.has(openHead(context, key, value).symbol);
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
}
