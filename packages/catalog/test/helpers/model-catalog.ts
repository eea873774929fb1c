import type { NewPrediction } from "../../src/index.ts";

/** A request as plainly as it can be said. */
export interface ModelRequest {
  readonly asset: string;
  readonly start: number;
  version: number;
  readonly rows: Map<number, ModelRow>;
  readonly scores: Map<number, number>;
  claim: { readonly through: number; done: boolean } | undefined;
}

interface ModelRow {
  readonly format: string;
  readonly version: number;
  readonly deletedAtMs: number | undefined;
}

/** What a catalog should do, on one label, written for reading rather than for use. */
export class ModelCatalog {
  readonly requests: ModelRequest[] = [];
  readonly lengthSeconds: number;

  constructor(lengthSeconds: number) {
    this.lengthSeconds = lengthSeconds;
  }

  save(asset: string, start: number, rows: readonly NewPrediction[], version: number): void {
    const request = this.find(asset, start) ?? this.add(asset, start, version);
    request.version = Math.max(request.version, version);
    for (const { minerId, formatValidation: format } of rows) {
      const stored = request.rows.get(minerId);
      if (stored !== undefined && stored.version >= version) continue;
      const gone = request.claim !== undefined && version <= request.claim.through;
      request.rows.set(minerId, { format, version, deletedAtMs: gone ? 0 : undefined });
    }
  }

  score(asset: string, start: number, scores: ReadonlyMap<number, number>): void {
    const request = this.find(asset, start);
    for (const [minerId, value] of scores) {
      if (request?.rows.has(minerId) === true && Number.isFinite(value)) {
        request.scores.set(minerId, value);
      }
    }
  }

  remove(asset: string, start: number, atMs: number): void {
    for (const [minerId, row] of this.find(asset, start)?.rows ?? []) {
      const next = { ...row, deletedAtMs: row.deletedAtMs ?? atMs };
      this.find(asset, start)?.rows.set(minerId, next);
    }
  }

  restore(asset: string, start: number): void {
    const request = this.find(asset, start);
    const dead = [...(request?.rows ?? [])].filter(([, row]) => row.deletedAtMs !== undefined);
    if (dead.some(([, row]) => row.version <= (request?.claim?.through ?? -1))) return;
    for (const [minerId, row] of dead) {
      request?.rows.set(minerId, { ...row, deletedAtMs: undefined });
    }
  }

  /** Names of the requests that are handed over. */
  claim(beforeMs: number): string[] {
    const handed: string[] = [];
    for (const request of this.requests) {
      const rows = [...request.rows.values()];
      if (rows.length === 0 || rows.some((row) => row.deletedAtMs === undefined)) continue;
      const covered = rows.every((row) => row.version <= (request.claim?.through ?? -1));
      if (covered && request.claim?.done === true) continue;
      if (!covered) {
        if (rows.some((row) => (row.deletedAtMs ?? Infinity) >= beforeMs)) continue;
        request.claim = { through: request.version, done: false };
      }
      handed.push(`${request.asset}+${request.start}@${request.claim?.through}`);
    }
    return handed.sort();
  }

  confirm(asset: string, start: number, through: number): void {
    const request = this.find(asset, start);
    if (request?.claim?.through === through) request.claim.done = true;
  }

  drop(beforeSeconds: number): void {
    for (const request of this.requests) {
      if (request.start + this.lengthSeconds < beforeSeconds) request.scores.clear();
    }
  }

  /** Everything a reader can tell of each request. */
  state(scoredAt: number, windowSeconds: number): unknown {
    return this.requests
      .toSorted((a, b) => b.start - a.start || (a.asset < b.asset ? -1 : 1))
      .map((request) => {
        const rows = [...request.rows].sort(([a], [b]) => a - b);
        const alive = rows.filter(([, row]) => row.deletedAtMs === undefined);
        const due = request.start + this.lengthSeconds + 90;
        return {
          name: `${request.asset}+${request.start}`,
          version: request.version,
          rows: rows.map(([id, row]) => [
            id,
            row.format,
            row.version,
            row.deletedAtMs !== undefined,
          ]),
          scores: [...request.scores].sort(([a], [b]) => a - b),
          due:
            alive.length > 0 &&
            request.scores.size === 0 &&
            due < scoredAt &&
            due >= scoredAt - windowSeconds,
        };
      });
  }

  find(asset: string, start: number): ModelRequest | undefined {
    return this.requests.find((request) => request.asset === asset && request.start === start);
  }

  private add(asset: string, start: number, version: number): ModelRequest {
    const request = {
      asset,
      start,
      version,
      rows: new Map(),
      scores: new Map(),
      claim: undefined,
    };
    this.requests.push(request);
    return request;
  }
}
