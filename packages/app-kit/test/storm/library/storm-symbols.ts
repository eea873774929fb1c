/** What a storm does to a symbol besides writing it. */
export interface SymbolRules {
  /** Whether every version continues the one before it. */
  readonly appendOnly: boolean;
  /** Whether its values are frames; others are named segments. */
  readonly isFrame: boolean;
  /** How many of its newest values pruning leaves; `undefined` when it is never pruned. */
  readonly keepLast: number | undefined;
  /** Whether it is deleted, and taken back, with all its versions. */
  readonly isDeleted: boolean;
}

/** Symbols to which every writer appends. */
export const SHARED_SYMBOLS = ["shared/0", "shared/1"] as const;

/** Frames to which every writer appends. */
export const FRAME_SYMBOLS = ["frame/0", "frame/1"] as const;

/** A symbol that every writer writes, and whose versions all stay. */
export const LOG_SYMBOL = "log";

/** Symbols that every writer writes, and that are deleted now and then. */
export const FLEETING_SYMBOLS = ["fleeting/0", "fleeting/1"] as const;

/** A symbol that one writer replaces, changes, deletes and makes anew. */
export function ownSymbol(writer: string): string {
  return `own/${writer}`;
}

/** A symbol of one writer with so many segments that they are listed on pages. */
export function wideSymbol(writer: string): string {
  return `wide/${writer}`;
}

const rules: Readonly<Record<string, SymbolRules>> = {
  shared: { appendOnly: true, isFrame: false, keepLast: 10, isDeleted: false },
  frame: { appendOnly: true, isFrame: true, keepLast: 10, isDeleted: false },
  log: { appendOnly: false, isFrame: false, keepLast: undefined, isDeleted: false },
  fleeting: { appendOnly: false, isFrame: false, keepLast: undefined, isDeleted: true },
  own: { appendOnly: false, isFrame: false, keepLast: 8, isDeleted: false },
  wide: { appendOnly: false, isFrame: false, keepLast: 3, isDeleted: false },
};

export function rulesOf(symbol: string): SymbolRules {
  const [kind = ""] = symbol.split("/");
  const found = rules[kind];
  if (found === undefined) throw new Error(`no such symbol in a storm symbol=${symbol}`);
  return found;
}
