import { formatBytes, formatCount, formatTable } from "@foretile/app-kit";
import type { PruneReport, PruneResult } from "@foretile/version-store";

import { countOf } from "./count-of.ts";
import { NOTHING_CHANGED } from "./dry-run.ts";
import { formatSpan } from "./format-span.ts";
import { printable } from "./printable.ts";
import { versionRanges } from "./version-ranges.ts";

/** What was looked at, and what became of the symbols that lost versions. */
export interface Pruned {
  readonly totals: Omit<PruneReport, "failures">;
  readonly results: readonly PruneResult[];
}

/** A document for each symbol that lost versions, then one with the totals. */
export function* prunedDocuments(
  { totals, results }: Pruned,
  dryRun: boolean,
): Generator<Record<string, unknown>, void, undefined> {
  for (const result of results) {
    if (result.removed.length === 0) continue;
    yield {
      type: "symbol",
      symbol: result.symbol,
      removed_versions: result.removed.map(({ version }) => version),
      stored_bytes: storedBytes(result),
    };
  }
  yield {
    type: "summary",
    dry_run: dryRun,
    symbols: totals.symbols,
    pruned_symbols: totals.prunedSymbols,
    removed_versions: totals.removedVersions,
    stored_bytes: totals.storedBytes,
    failed_symbols: totals.failedSymbols,
  };
}

const columns = [
  { title: "SYMBOL" },
  { title: "REMOVED", align: "right" },
  { title: "STORED", align: "right" },
  { title: "VERSIONS" },
] as const;

/** The same for people. */
export function prunedText({ totals, results }: Pruned, dryRun: boolean, graceMs: number): string {
  const { symbols, prunedSymbols, removedVersions } = totals;
  if (removedVersions === 0) return `looked at ${countOf(symbols, "symbol")}: nothing to remove\n`;
  const rows = results.map((result) => [
    printable(result.symbol),
    formatCount(result.removed.length),
    formatBytes(storedBytes(result)),
    versionRanges(result.removed.map(({ version }) => version)),
  ]);
  const what =
    `${countOf(removedVersions, "version")} of ${formatCount(prunedSymbols)} of ` +
    `${countOf(symbols, "symbol")}, ${formatBytes(totals.storedBytes)} unless shared with what stays`;
  const verdict = dryRun
    ? `would remove ${what}\n${NOTHING_CHANGED}`
    : `removed ${what}; a collection may free them after ${formatSpan(graceMs)}\n`;
  return `${formatTable(columns, rows)}\n${verdict}`;
}

function storedBytes({ removed }: PruneResult): number {
  return removed.reduce((sum, version) => sum + version.storedBytes, 0);
}
