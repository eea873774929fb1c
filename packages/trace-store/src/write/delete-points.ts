import { decodeTraceId, isKeyspaceError } from "@foretile/keyspace";
import { tableOfTraces } from "../table/table-of-traces.ts";
import { TraceStoreError } from "../trace-store-error.ts";
import { PointValues } from "../values/point-values.ts";
import { POINT, type TraceValueType } from "../trace-values.ts";
import { checkSize } from "./draft-of-entries.ts";
import type { RunDraft } from "./run-draft.ts";

/**
 * What records that points of some traces at one offset are deleted; `undefined` for no traces.
 *
 * @throws {TraceStoreError} `invalid-argument` for what is no id
 */
export function draftOfDeletions(
  type: TraceValueType,
  offset: number,
  given: Iterable<string>,
): RunDraft | undefined {
  const ids = [...new Set(given)];
  checkSize(
    ids.length,
    ids.reduce((sum, { length }) => sum + length, 0),
  );
  if (ids.length === 0) return undefined;
  const { table } = tableOfTraces(ids, ids.map(paramsOfId));
  return {
    table,
    offsets: [offset],
    states: new Uint8Array(ids.length).fill(POINT.deleted),
    values: PointValues.create(type, ids.length),
    options: [],
  };
}

function paramsOfId(id: string): Record<string, string> {
  try {
    return decodeTraceId(id);
  } catch (cause) {
    if (!isKeyspaceError(cause)) throw cause;
    throw new TraceStoreError("invalid-argument", "not the id of a trace", { cause });
  }
}
