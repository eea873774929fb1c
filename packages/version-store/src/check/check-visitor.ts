import type { BlobTable } from "../collect/blob-table.ts";
import type { Damage } from "../collect/damage.ts";
import { documentName, MarkVisitor } from "../collect/mark.ts";
import type { CondemnedRemoval } from "../collect/stranded-versions.ts";
import type { SegmentPlace, WalkedVersion } from "../collect/walk.ts";
import type { DocumentPointer } from "../document/blob-documents.ts";
import { equalBytes } from "../document/content-hash.ts";
import type { Head, Removal } from "../head/head.ts";
import type { SegmentEntry } from "../manifest/manifest.ts";
import type { SnapshotRecord } from "../snapshot/snapshot-record.ts";
import type { VersionEntry } from "../version/version-entry.ts";
import type { CheckReport } from "./check-options.ts";
import type { Finding } from "./finding.ts";
import type { SegmentChecks } from "./segment-checks.ts";
import { VersionOrder } from "./version-order.ts";

export interface CheckVisitorOptions {
  readonly table: BlobTable;
  readonly segments: SegmentChecks;
  readonly add: (finding: Finding) => void;
  /** Transactions whose intents are there. */
  readonly hasIntent: (transactionId: string) => boolean;
}

/** Looks at everything that a walk meets. */
export class CheckVisitor extends MarkVisitor {
  readonly #check: CheckVisitorOptions;
  readonly #order: VersionOrder;
  readonly #condemned = new Map<string, CondemnedRemoval>();
  readonly #symbols = new Set<string>();
  readonly #snapshots = new Set<string>();
  #versions = 0;

  constructor(options: CheckVisitorOptions) {
    super({
      table: options.table,
      mark: "reached",
      keepsRemoval: () => true,
      keepsDropped: () => true,
    });
    this.#check = options;
    this.#order = new VersionOrder(options.add);
  }

  /** How much was met. */
  get counts(): Pick<CheckReport, "symbols" | "versions" | "snapshots"> {
    return {
      symbols: this.#symbols.size,
      versions: this.#versions,
      snapshots: this.#snapshots.size,
    };
  }

  /** Removals that are being collected, so that parts of what they name may be gone. */
  get condemned(): readonly CondemnedRemoval[] {
    return [...this.#condemned.values()];
  }

  override enter(pointer: DocumentPointer): boolean {
    const isNew = super.enter(pointer);
    const { table } = this.#check;
    table.mark(table.add(documentName(pointer), pointer.length), "named");
    return isNew;
  }

  override removal(symbol: string, removal: Removal): boolean {
    if (removal.condemned) this.#condemned.set(removal.id, { symbol, removal });
    return !removal.condemned;
  }

  override async segments(
    entries: readonly SegmentEntry[],
    place: SegmentPlace,
  ): Promise<readonly Damage[]> {
    return this.#check.segments.check(entries, place);
  }

  override damaged(damage: Damage): void {
    super.damaged(damage);
    const { what, key, symbol, version, snapshot, error } = damage;
    const message = wholeMessage(error);
    this.#check.add({ severity: "error", kind: what, symbol, version, snapshot, key, message });
  }

  head(head: Head): void {
    this.#symbols.add(head.symbol);
    this.#order.begin(head);
  }

  entries(
    symbol: string,
    entries: readonly VersionEntry[],
    walked: readonly (WalkedVersion | undefined)[],
  ): void {
    this.#order.addPage(symbol, entries, walked);
  }

  version({ place, entry, document, segmentBytes }: WalkedVersion): void {
    this.#versions += 1;
    const { symbol, version, snapshot } = place;
    const found = { symbol, version, snapshot, key: entry.document.key };
    const differing = facts.filter((name) => !isSame(entry[name], document[name]));
    if (differing.length > 0) {
      const message = `its document says something else than its entry fields=${differing.join()}`;
      this.#check.add({ severity: "error", kind: "version", ...found, message });
    }
    if (segmentBytes !== undefined && segmentBytes !== entry.storedBytes) {
      const message = `its segments are of another length than it says wanted=${entry.storedBytes} found=${segmentBytes}`;
      this.#check.add({ severity: "error", kind: "manifest", ...found, message });
    }
  }

  snapshot({ name, current, dropped }: SnapshotRecord): void {
    if (current?.state === "committed") this.#snapshots.add(name);
    if (current?.state === "pending" && !this.#check.hasIntent(current.id)) {
      const message = "it is being made by a transaction that is over";
      this.#check.add({
        severity: "warning",
        kind: "stale-snapshot",
        snapshot: name,
        transactionId: current.id,
        message,
      });
    }
    for (const { pages } of current === undefined ? dropped : [current, ...dropped]) {
      const isOrdered = pages.every(
        (page, index) => index === 0 || (pages[index - 1]?.firstSymbol ?? "") < page.firstSymbol,
      );
      if (isOrdered) continue;
      const message = "its pages are not in the order of their symbols";
      this.#check.add({ severity: "error", kind: "order", snapshot: name, message });
    }
    const count = current?.pages.reduce((sum, page) => sum + page.count, 0) ?? 0;
    if (count !== (current?.symbolCount ?? 0)) {
      const message = `its pages name another number of symbols than it says wanted=${current?.symbolCount} found=${count}`;
      this.#check.add({ severity: "error", kind: "snapshot", snapshot: name, message });
    }
  }
}

/** What entries repeat of their documents, besides what every read compares. */
const facts = [
  "committedAtMs",
  "operation",
  "contentHash",
  "rows",
  "rawBytes",
  "storedBytes",
  "user",
  "message",
] as const;

function isSame(left: unknown, right: unknown): boolean {
  return left instanceof Uint8Array && right instanceof Uint8Array
    ? equalBytes(left, right)
    : left === right;
}

/** The error's message and those of its causes. */
export function wholeMessage(error: Error): string {
  return error.cause instanceof Error
    ? `${error.message}: ${wholeMessage(error.cause)}`
    : error.message;
}
