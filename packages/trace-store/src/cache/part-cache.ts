import type { RunFacts } from "../run/facts-segment.ts";
import type { JoinedTables } from "../table/join-tables.ts";
import type { TraceTable } from "../table/trace-table.ts";
import type { TileContent } from "../tile/tile-manifest.ts";

/** What is kept, by its kind. All of it is immutable, and named by its content or its commit. */
interface Parts {
  readonly version: TileContent;
  readonly table: TraceTable;
  readonly facts: RunFacts;
  readonly join: JoinedTables;
}

type Kind = keyof Parts;

/** Parts of tiles that were used last, up to a number of bytes. */
export class PartCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, { readonly part: Parts[Kind]; readonly bytes: number }>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get<K extends Kind>(kind: K, name: string): Parts[K] | undefined {
    const key = `${kind} ${name}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.part as Parts[K];
  }

  /** Keeps a part as long as there is room; what was used longest ago goes first. */
  put<K extends Kind>(kind: K, name: string, part: Parts[K], bytes: number): void {
    const key = `${kind} ${name}`;
    this.#drop(key);
    if (bytes > this.#maxBytes) return;
    this.#entries.set(key, { part, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}
