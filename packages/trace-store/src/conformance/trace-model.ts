import { compareUtf8, decodeTraceId, encodeTraceId, type TraceParams } from "@foretile/keyspace";
import type { PointText } from "./matrix-text.ts";

/** What a change records at one point: `?` for invalid, `x` for deleted, or a value's text. */
export interface ModelPoint {
  readonly id: string;
  readonly position: number;
  readonly text: PointText;
  readonly options?: TraceParams | undefined;
}

interface ModelTrace {
  readonly points: Map<number, PointText>;
  options: { readonly position: number; readonly params: TraceParams } | undefined;
}

/** What one tile holds, plainly. */
type ModelTile = Map<string, ModelTrace>;

/** A trace set as maps: the plainest thing that keeps the promises. Changes come in the order of commits. */
export class TraceModel {
  readonly #tileSize: number;
  readonly #tiles: Map<number, ModelTile>;

  constructor(tileSize: number, tiles: ReadonlyMap<number, ModelTile> = new Map()) {
    this.#tileSize = tileSize;
    this.#tiles = new Map(tiles);
  }

  /** As it is now, whatever changes later. */
  copy(): TraceModel {
    return new TraceModel(this.#tileSize, structuredClone(this.#tiles));
  }

  record(points: readonly ModelPoint[]): void {
    for (const { id, position, text, options } of points) {
      const tile = Math.floor(position / this.#tileSize);
      const traces = this.#tiles.get(tile) ?? new Map<string, ModelTrace>();
      this.#tiles.set(tile, traces);
      const trace = traces.get(id) ?? { points: new Map<number, PointText>(), options: undefined };
      traces.set(id, trace);
      trace.points.set(position, text);
      if (options === undefined) continue;
      if ((trace.options?.position ?? -1) <= position)
        trace.options = { position, params: options };
    }
  }

  /** Of one tile: what the traces that `matches` have from `from` to before `to`. */
  deleteTraces(
    tile: number,
    matches: (params: TraceParams) => boolean,
    [from, to]: readonly [number, number],
  ): void {
    for (const [id, trace] of this.#tiles.get(tile) ?? []) {
      if (!isLive(trace) || !matches(decodeTraceId(id))) continue;
      for (const [position, text] of trace.points) {
        if (position >= from && position < to && text !== "x") trace.points.set(position, "x");
      }
      const { options } = trace;
      if (options === undefined || options.position < from || options.position >= to) continue;
      trace.options = { position: options.position, params: {} };
    }
  }

  deleteTile(tile: number): void {
    this.#tiles.delete(tile);
  }

  /** As `matrixTable` shows what `readMatrix` gives. */
  matrix(
    from: number,
    to: number,
    matches: (params: TraceParams) => boolean = () => true,
  ): Map<string, PointText[]> {
    const rows = new Map<string, PointText[]>();
    for (const [tile, id, { points }] of this.#live()) {
      const first = tile * this.#tileSize;
      if (first >= to || first + this.#tileSize <= from || !matches(decodeTraceId(id))) continue;
      const row = rows.get(id) ?? Array.from<PointText>({ length: to - from }).fill(".");
      rows.set(id, row);
      for (const [position, text] of points) {
        if (position >= from && position < to) row[position - from] = text;
      }
    }
    return new Map([...rows].sort(([left], [right]) => (left < right ? -1 : 1)));
  }

  densePositions(count: number): number[] {
    const positions = new Set<number>();
    for (const [, , { points }] of this.#live()) {
      for (const [position, text] of points) if (text !== "x") positions.add(position);
    }
    const ordered = [...positions].sort((left, right) => left - right);
    return ordered.slice(Math.max(0, ordered.length - count));
  }

  /** Each trace's newest point, of those in the newest tiles: its id, its position and its text. */
  latest(tiles: number): [string, number, PointText][] {
    const found = new Map<string, [string, number, PointText]>();
    for (const [, id, { points }] of this.#newest(tiles)) {
      if (found.has(id)) continue;
      const newest = [...points].filter(([, text]) => text !== "x").sort(([a], [b]) => b - a)[0];
      if (newest !== undefined) found.set(id, [id, ...newest]);
    }
    return [...found.values()].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  options(tiles: number): { id: string; position: number; options: string }[] {
    const found = new Map<string, { id: string; position: number; options: string }>();
    for (const [, id, { options }] of this.#newest(tiles)) {
      if (options === undefined || found.has(id)) continue;
      const { position, params } = options;
      found.set(id, { id, position, options: optionsText(params) });
    }
    return [...found.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  paramSet(): Record<string, string[]> {
    const found = new Map<string, Set<string>>();
    for (const [, id] of this.#live()) {
      for (const [key, value] of Object.entries(decodeTraceId(id))) {
        found.set(key, (found.get(key) ?? new Set()).add(value));
      }
    }
    return Object.fromEntries(
      [...found]
        .sort(([left], [right]) => compareUtf8(left, right))
        .map(([key, values]) => [key, [...values].sort(compareUtf8)]),
    );
  }

  /** Ids with the same text at a position, in groups of two or more. */
  same(position: number): string[][] {
    const groups = new Map<PointText, string[]>();
    for (const [id, [text]] of this.matrix(position, position + 1)) {
      if (text === undefined || text === "." || text === "?" || text === "x") continue;
      groups.set(text, [...(groups.get(text) ?? []), id]);
    }
    return [...groups.values()]
      .filter(({ length }) => length > 1)
      .sort(
        (left, right) =>
          right.length - left.length || ((left[0] ?? "") < (right[0] ?? "") ? -1 : 1),
      );
  }

  *#live(): Generator<[number, string, ModelTrace]> {
    for (const [tile, traces] of this.#tiles) {
      for (const [id, trace] of traces) if (isLive(trace)) yield [tile, id, trace];
    }
  }

  /** Newest tiles first. */
  *#newest(count: number): Generator<[number, string, ModelTrace]> {
    const tiles = [...this.#tiles.keys()].sort((left, right) => right - left).slice(0, count);
    for (const tile of tiles) {
      for (const [id, trace] of this.#tiles.get(tile) ?? [])
        if (isLive(trace)) yield [tile, id, trace];
    }
  }
}

/** Options as one text. */
export function optionsText(options: TraceParams): string {
  return Object.keys(options).length === 0 ? "" : encodeTraceId(options);
}

function isLive({ points }: ModelTrace): boolean {
  return [...points.values()].some((text) => text !== "x");
}
