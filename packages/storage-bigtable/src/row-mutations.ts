import type { CellMutation, FamilyName } from "@foretile/storage";
import type { protos } from "@google-cloud/bigtable-api";

export type ProtoMutation = protos.google.bigtable.v2.IMutation;

/** Timestamps of the service are microseconds of whole milliseconds. */
const MILLISECOND = 1_000;
/** The first timestamp that no cell can have. */
const BEYOND_MICROS = 9_007_199_254_741_000;

/** A mutation as the service wants it. Bytes are taken over, not copied. */
export function protoMutation(mutation: CellMutation): ProtoMutation {
  if (mutation.type === "delete-row") return { deleteFromRow: {} };
  const { family: familyName } = mutation;
  if (mutation.type === "delete-family") return { deleteFromFamily: { familyName } };
  const columnQualifier = Buffer.from(mutation.qualifier, "latin1");
  if (mutation.type === "delete-column") {
    const timeRange = deletedRange(mutation.timestampsMicros);
    return { deleteFromColumn: { familyName, columnQualifier, timeRange } };
  }
  const { timestampMicros, value } = mutation;
  return { setCell: { familyName, columnQualifier, timestampMicros, value } };
}

/** The families a list of mutations names. */
export function mutatedFamilies(mutations: readonly CellMutation[]): readonly FamilyName[] {
  return mutations.flatMap((mutation) => (mutation.type === "delete-row" ? [] : mutation.family));
}

/** Bytes of the values of a list of mutations. */
export function valueBytes(mutations: readonly CellMutation[]): number {
  return mutations.reduce(
    (bytes, mutation) => bytes + (mutation.type === "set-cell" ? mutation.value.byteLength : 0),
    0,
  );
}

export interface ProtoTimestampRange {
  readonly startTimestampMicros: number;
  /** 0 for no end. */
  readonly endTimestampMicros: number;
}

/**
 * A range of timestamps as the service wants it: ends are whole milliseconds, as all timestamps are.
 *
 * @returns `undefined` when no timestamp can lie in it
 */
export function protoTimestampRange(range: {
  readonly gte?: number | undefined;
  readonly lt?: number | undefined;
}): ProtoTimestampRange | undefined {
  const start = Math.ceil((range.gte ?? 0) / MILLISECOND) * MILLISECOND;
  if (range.lt === undefined) return { startTimestampMicros: start, endTimestampMicros: 0 };
  const end = Math.ceil(range.lt / MILLISECOND) * MILLISECOND;
  return start < end ? { startTimestampMicros: start, endTimestampMicros: end } : undefined;
}

type DeletedTimestamps = Extract<CellMutation, { type: "delete-column" }>["timestampsMicros"];

/** The service refuses an empty range; one beyond every cell deletes as little. */
function deletedRange(range: DeletedTimestamps): ProtoTimestampRange | null {
  if (range === undefined) return null;
  return (
    protoTimestampRange(range) ?? { startTimestampMicros: BEYOND_MICROS, endTimestampMicros: 0 }
  );
}
