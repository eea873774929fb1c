/** Some of the symbols of a library. */
export interface SymbolSelection {
  has(symbol: string): boolean;
  /** All of them, when they are known by name; what else `has` accepts does not count then. */
  readonly names?: ReadonlySet<string> | undefined;
}

export function selectNames(names: Iterable<string>): SymbolSelection {
  const set = new Set(names);
  return { names: set, has: (symbol) => set.has(symbol) };
}

export function selectPrefix(prefix: string): SymbolSelection {
  return { has: (symbol) => symbol.startsWith(prefix) };
}
