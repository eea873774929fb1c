import { styleText } from "node:util";

import type { OutputStream } from "@foretile/app-kit";
import type { Finding, FindingCounts, FindingSeverity } from "@foretile/version-store";

import { countOf } from "./count-of.ts";
import { printable } from "./printable.ts";

/** So many findings are listed; all are counted. */
export const MAX_FINDINGS = 10_000;

/** Something that a check found, as a JSON document. */
export function findingDocument(finding: Finding): Record<string, unknown> {
  const { severity, kind, symbol, version, snapshot, key, transactionId, message } = finding;
  return {
    type: "finding",
    severity,
    kind,
    symbol,
    version,
    snapshot,
    key,
    transaction_id: transactionId,
    message,
  };
}

/** The same on one line: `error segment symbol=… version=1 key=…: MESSAGE`. */
export function findingText(finding: Finding, stdout: OutputStream): string {
  const { severity, kind, symbol, version, snapshot, key, transactionId, message } = finding;
  const place = Object.entries({ symbol, version, snapshot, key, transaction: transactionId })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${printable(String(value))}`);
  const word = styleText(colours[severity], severity, { stream: stdout });
  return `${[word, kind, ...place].join(" ")}: ${printable(message)}`;
}

/** How many there are, in words; what there is none of is left out. */
export function countsText(counts: FindingCounts): string {
  const words = severities
    .filter((severity) => counts[severity] > 0)
    .map((severity) => countOf(counts[severity], severity));
  return words.length === 0 ? "nothing found" : words.join(", ");
}

const severities = ["error", "warning", "note"] as const;

const colours: Readonly<Record<FindingSeverity, "red" | "yellow" | "dim">> = {
  error: "red",
  warning: "yellow",
  note: "dim",
};
