import * as fc from "fast-check";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { frame, type Frame } from "../../src/value/frame.ts";
import { append } from "../../src/write/append.ts";
import { restoreVersion } from "../../src/write/restore-version.ts";
import { deleteRange, update } from "../../src/write/update.ts";
import { write } from "../../src/write/write.ts";
import { writeMetadata } from "../../src/write/write-metadata.ts";

/** A row as the model knows it. */
export interface Row {
  readonly at: number;
  readonly value: number;
}

/** Positions in time up to this. */
const LAST_TIME = 60;

const times = (maxLength: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.integer({ min: 0, max: LAST_TIME }), { maxLength })
    .map((list) => list.toSorted((one, other) => one - other));

const span = fc.record({ from: fc.nat(LAST_TIME), length: fc.nat(30) });

/** One change of a value. Numbers that name rows or versions are taken modulo how many there are. */
export type Change =
  | { readonly kind: "write" | "append"; readonly times: readonly number[] }
  | { readonly kind: "rewrite"; readonly row: number; readonly added: number }
  | { readonly kind: "update"; readonly times: readonly number[]; readonly wider: number }
  | {
      readonly kind: "update-rows";
      readonly row: number;
      readonly removed: number;
      readonly added: number;
    }
  | {
      readonly kind: "delete-range";
      readonly span: { readonly from: number; readonly length: number };
    }
  | { readonly kind: "restore"; readonly version: number }
  | { readonly kind: "metadata" };

export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("write" as const), times: times(40) }),
    fc.record({ kind: fc.constant("append" as const), times: times(12) }),
    fc.record({ kind: fc.constant("rewrite" as const), row: fc.nat(), added: fc.nat(12) }),
    fc.record({ kind: fc.constant("update" as const), times: times(12), wider: fc.nat(9) }),
    fc.record({
      kind: fc.constant("update-rows" as const),
      row: fc.nat(),
      removed: fc.nat(9),
      added: fc.nat(9),
    }),
    fc.record({ kind: fc.constant("delete-range" as const), span }),
    fc.record({ kind: fc.constant("restore" as const), version: fc.nat() }),
    fc.record({ kind: fc.constant("metadata" as const) }),
  ),
  { minLength: 1, maxLength: 14 },
);

/** The versions that one symbol must have, made by the same changes on plain lists. */
export class ValueModel {
  readonly versions: Row[][] = [];
  readonly #context: LibraryContext;
  readonly #isWide: boolean;
  #values = 0;

  /** @param isWide whether frames have more columns than one lane takes */
  constructor(context: LibraryContext, isWide: boolean) {
    this.#context = context;
    this.#isWide = isWide;
  }

  get rows(): readonly Row[] {
    return this.versions.at(-1) ?? [];
  }

  /** Makes version 1: no rows. */
  async start(): Promise<void> {
    await write(this.#context, "s", this.#frame([]));
    this.versions.push([]);
  }

  /** Makes a change of the library and of the model. */
  async make(change: Change): Promise<void> {
    if (change.kind === "restore") return this.#restore(change.version % this.versions.length);
    const { rows } = this;
    const { given, after } = this.#apply(change);
    const { version } = await this.#run(change, given);
    const isNothing =
      (change.kind === "append" && given.length === 0) ||
      (change.kind === "update" && given.length === 0) ||
      (change.kind === "update-rows" && given.length === 0 && after.length === rows.length) ||
      (change.kind === "delete-range" && after.length === rows.length);
    if (!isNothing) this.versions.push(after);
    if (version !== this.versions.length) throw new Error(`made version ${version}`);
  }

  async #restore(position: number): Promise<void> {
    const { version } = await restoreVersion(this.#context, "s", position + 1);
    if (position < this.versions.length - 1)
      this.versions.push([...(this.versions[position] ?? [])]);
    if (version !== this.versions.length) throw new Error(`restored version ${version}`);
  }

  #apply(change: Exclude<Change, { kind: "restore" }>): { given: Row[]; after: Row[] } {
    const { rows } = this;
    const last = rows.at(-1)?.at ?? 0;
    if (change.kind === "write") return same(this.#fresh(change.times));
    if (change.kind === "rewrite") {
      const row = change.row % Math.max(1, rows.length);
      const [other] = this.#fresh([rows[row]?.at ?? 0]);
      const changed = rows.map((old, at) => (at === row && other ? other : old));
      return same([...changed, ...this.#fresh(Array.from({ length: change.added }, () => last))]);
    }
    if (change.kind === "append") {
      const given = this.#fresh(change.times.map((at) => at + last));
      return { given, after: [...rows, ...given] };
    }
    if (change.kind === "update") {
      const given = this.#fresh(change.times);
      const range = rangeOf(change);
      if (range === undefined) return { given, after: [...rows] };
      return {
        given,
        after: [
          ...rows.filter(({ at }) => at < range.from),
          ...given,
          ...rows.filter(({ at }) => at > range.to),
        ],
      };
    }
    if (change.kind === "update-rows") {
      const { from, to } = this.#rowsOf(change);
      const given = this.#fresh(Array.from({ length: change.added }, () => rows[from]?.at ?? last));
      return { given, after: [...rows.slice(0, from), ...given, ...rows.slice(to)] };
    }
    if (change.kind === "delete-range") {
      const { from, length } = change.span;
      return { given: [], after: rows.filter(({ at }) => at < from || at > from + length) };
    }
    return { given: [], after: [...rows] };
  }

  #run(
    change: Exclude<Change, { kind: "restore" }>,
    given: readonly Row[],
  ): Promise<{ readonly version: number }> {
    const context = this.#context;
    const value = this.#frame(given);
    switch (change.kind) {
      case "write":
      case "rewrite":
        return write(context, "s", value);
      case "append":
        return append(context, "s", value);
      case "update":
        return update(context, "s", value, change.wider > 0 ? { range: rangeOf(change) } : {});
      case "update-rows":
        return update(context, "s", value, { range: { rows: this.#rowsOf(change) } });
      case "delete-range": {
        const { from, length } = change.span;
        return deleteRange(context, "s", { from, to: from + length });
      }
      case "metadata":
        break;
    }
    return writeMetadata(context, "s", this.#values);
  }

  #rowsOf(change: { readonly row: number; readonly removed: number }): {
    from: number;
    to: number;
  } {
    const from = change.row % (this.rows.length + 1);
    return { from, to: Math.min(this.rows.length, from + change.removed) };
  }

  #fresh(at: readonly number[]): Row[] {
    return at.map((time) => ({ at: time, value: (this.#values += 1) }));
  }

  #frame(rows: readonly Row[]): Frame {
    const values = Float64Array.from(rows, ({ value }) => value);
    const more = Array.from({ length: this.#isWide ? 40 : 0 }, (_, column) => column + 1);
    return frame({
      index: { name: "at", values: Int32Array.from(rows, ({ at }) => at) },
      columns: [
        ["value", values],
        ...more.map((column): [string, Float64Array] => [
          `value ${column}`,
          values.map((value) => value + column),
        ]),
      ],
    });
  }
}

/** The rows of a frame as the model has them. */
export function rowsOf(value: unknown): Row[] {
  const { index, columns } = value as Frame;
  return [...(index?.values ?? [])].map((at, row) => ({
    at: Number(at),
    value: Number(columns[0]?.values[row]),
  }));
}

function rangeOf(change: {
  readonly times: readonly number[];
  readonly wider: number;
}): { from: number; to: number } | undefined {
  const [first] = change.times;
  const last = change.times.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return { from: first - change.wider, to: last + change.wider };
}

function same(rows: Row[]): { given: Row[]; after: Row[] } {
  return { given: rows, after: rows };
}
