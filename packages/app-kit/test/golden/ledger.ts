import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { StageToken } from "@foretile/version-store";
import { described, type Described } from "./described.ts";

/** One version as it must be read. */
export interface ExpectedVersion {
  readonly operation: string;
  readonly metadata: Described;
  readonly user: string | null;
  readonly message: string | null;
  readonly committedAtMs: number;
  readonly contentHash: string;
  readonly value: Described;
}

/** All that a library holds, told by what was written into it, not by what was read. */
export interface ExpectedLibrary {
  /** Symbols, and their versions that can be read by number. */
  readonly symbols: Record<string, Record<string, ExpectedVersion>>;
  /** Versions that were removed: symbol and number. */
  readonly removed: [symbol: string, version: number][];
  /** Symbols that were deleted and can be taken back, with the versions that come back. */
  readonly deleted: Record<string, Record<string, ExpectedVersion>>;
  /** Snapshots, and what they pin. */
  readonly snapshots: Record<string, { metadata: Described; pins: Record<string, number> }>;
  /** Rows that were staged and not finalized, and what they are. */
  readonly staged: { symbol: string; token: StageToken; value: Described }[];
  /** Forecast requests: what every miner answered, with the hash of valid tiles. */
  readonly requests: Record<string, { version: number; answers: Record<string, string> }>;
}

export function emptyLedger(): ExpectedLibrary {
  return { symbols: {}, removed: [], deleted: {}, snapshots: {}, staged: [], requests: {} };
}

/** What a write says that it made. */
interface Made {
  readonly version: number;
  readonly committedAtMs: number;
  readonly contentHash: Uint8Array;
}

interface Facts {
  readonly operation: string;
  readonly metadata?: DocumentValue;
  readonly user?: string;
  readonly message?: string;
}

/** Enters a version. */
export function enter(
  ledger: ExpectedLibrary,
  symbol: string,
  made: Made,
  value: unknown,
  { operation, metadata = null, user, message }: Facts,
): void {
  (ledger.symbols[symbol] ??= {})[made.version] = {
    operation,
    metadata: described(metadata),
    user: user ?? null,
    message: message ?? null,
    committedAtMs: made.committedAtMs,
    contentHash: Buffer.from(made.contentHash).toString("hex"),
    value: described(value),
  };
}

/** Enters that a version is gone. */
export function strike(ledger: ExpectedLibrary, symbol: string, version: number): void {
  const { [version]: _, ...rest } = ledger.symbols[symbol] ?? {};
  ledger.symbols[symbol] = rest;
  ledger.removed.push([symbol, version]);
}

/** Enters that a symbol was deleted, and by which version. */
export function strikeSymbol(ledger: ExpectedLibrary, symbol: string): void {
  ledger.deleted[symbol] = ledger.symbols[symbol] ?? {};
  const { [symbol]: _, ...rest } = ledger.symbols;
  Object.assign(ledger, { symbols: rest });
}
