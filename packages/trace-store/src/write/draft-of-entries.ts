import { encodeTraceId, isKeyspaceError, type TraceParams } from "@foretile/keyspace";
import { MAX_APPEND_BYTES, MAX_APPEND_TRACES, MAX_ID_BYTES } from "../limits.ts";
import type { RowOptions } from "../run/facts-segment.ts";
import { tableOfTraces } from "../table/table-of-traces.ts";
import type { EntryRejection, EntryResult, TraceEntry } from "../trace-entry.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { faultOfValue, PointValues } from "../values/point-values.ts";
import { POINT, type TraceValueOf, type TraceValueType } from "../trace-values.ts";
import type { RunDraft } from "./run-draft.ts";

/** Entries that are to be stored, and what became of each. */
export interface DraftedEntries {
  /** `undefined` when none can be stored. */
  readonly draft: RunDraft | undefined;
  readonly stored: number;
  readonly results: readonly EntryResult[];
}

const STORED: EntryResult = Object.freeze({ status: "stored" });

interface Accepted {
  readonly entry: TraceEntry;
  readonly optionsText: string | undefined;
}

/**
 * Checks the entries of an append, and puts those that can be stored in order.
 *
 * @throws {TraceStoreError} `too-large`
 */
export function draftOfEntries(
  type: TraceValueType,
  offset: number,
  entries: Iterable<TraceEntry>,
): DraftedEntries {
  const results: EntryResult[] = [];
  const places = new Map<string, number>();
  const accepted: Accepted[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const index = results.length;
    const checked = check(type, entry);
    if ("reason" in checked) results.push({ status: "rejected", ...checked });
    else {
      const first = places.get(checked.id);
      if (first === undefined) {
        places.set(checked.id, index);
        accepted.push({ entry, optionsText: checked.optionsText });
        results.push(STORED);
        bytes += checked.id.length + (entry.value instanceof Uint8Array ? entry.value.length : 8);
      } else results.push({ status: "duplicate", first });
    }
    checkSize(results.length, bytes);
  }
  const stored = accepted.length;
  if (stored === 0) return { draft: undefined, stored, results };
  return { draft: draftOf(type, offset, [...places.keys()], accepted), stored, results };
}

/** @throws {TraceStoreError} `too-large` */
export function checkSize(traces: number, bytes: number): void {
  if (traces <= MAX_APPEND_TRACES && bytes <= MAX_APPEND_BYTES) return;
  throw new TraceStoreError(
    "too-large",
    `too much for one append; make several traces=${traces} limit=${MAX_APPEND_TRACES} ` +
      `bytes=${bytes} limit_bytes=${MAX_APPEND_BYTES}`,
  );
}

function draftOf(
  type: TraceValueType,
  offset: number,
  ids: readonly string[],
  accepted: readonly Accepted[],
): RunDraft {
  const { table, rows } = tableOfTraces(
    ids,
    accepted.map(({ entry }) => entry.params),
  );
  const states = new Uint8Array(ids.length);
  const values = PointValues.create(type, ids.length);
  const options: RowOptions[] = [];
  for (const [place, { entry, optionsText }] of accepted.entries()) {
    const row = rows[place] as number;
    states[row] = entry.invalid === true ? POINT.invalid : POINT.value;
    if (entry.value !== undefined) values.set(row, entry.value);
    if (optionsText !== undefined) options.push({ row, offset, text: optionsText });
  }
  options.sort((left, right) => left.row - right.row);
  return { table, offsets: [offset], states, values, options };
}

type Checked =
  | { readonly id: string; readonly optionsText: string | undefined }
  | { readonly reason: EntryRejection; readonly message: string };

function check(type: TraceValueType, entry: TraceEntry): Checked {
  const { params, options, value, invalid } = entry;
  const id = textOf(params);
  if ("message" in id) return { reason: "invalid-params", message: id.message };
  if (id.text.length > MAX_ID_BYTES) {
    return {
      reason: "id-too-long",
      message: `id has ${id.text.length} bytes limit=${MAX_ID_BYTES}`,
    };
  }
  const fault = faultOfPoint(type, value, invalid);
  if (fault !== undefined) return { reason: "invalid-value", message: fault };
  if (options === undefined) return { id: id.text, optionsText: undefined };
  const text = isEmpty(options) ? { text: "" } : textOf(options);
  if ("message" in text) return { reason: "invalid-options", message: text.message };
  if (text.text.length > MAX_ID_BYTES) {
    return {
      reason: "invalid-options",
      message: `options have ${text.text.length} bytes as text limit=${MAX_ID_BYTES}`,
    };
  }
  return { id: id.text, optionsText: text.text };
}

function faultOfPoint(
  type: TraceValueType,
  value: TraceValueOf[TraceValueType] | undefined,
  invalid: boolean | undefined,
): string | undefined {
  if (invalid !== true) return faultOfValue(type, value);
  return value === undefined ? undefined : "an invalid point cannot have a value";
}

function isEmpty(options: TraceParams): boolean {
  return typeof options === "object" && options !== null && Object.keys(options).length === 0;
}

function textOf(params: TraceParams): { readonly text: string } | { readonly message: string } {
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    return { message: "params must be an object of texts" };
  }
  try {
    return { text: encodeTraceId(params) };
  } catch (error) {
    if (!isKeyspaceError(error)) throw error;
    return { message: error.message };
  }
}
