import type { Column } from "../value/column.ts";
import type { NumericArray } from "../value/element-type.ts";
import { Frame } from "../value/frame.ts";
import { gatherElements, type ElementRun } from "../value/gather-elements.ts";
import { checkRowRange, type RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { frameSchemaOf } from "./frame-form.ts";

/** A copy of the rows of several ranges. */
export function takeFrame(frame: Frame, ranges: readonly RowRange[]): Frame {
  for (const range of ranges) checkRowRange(range, frame.rows);
  return gather(
    frame,
    ranges.map((range) => ({ frame, ...range })),
  );
}

/** A copy of the rows of all frames, which must have the same schema. */
export function concatFrames(frames: readonly Frame[]): Frame {
  const [first] = frames;
  if (first === undefined) throw new VersionStoreError("invalid-argument", "no frames to concat");
  const schema = JSON.stringify(frameSchemaOf(first));
  for (const [position, frame] of frames.entries()) {
    if (JSON.stringify(frameSchemaOf(frame)) === schema) continue;
    throw new VersionStoreError("schema-mismatch", `frames differ in schema position=${position}`);
  }
  return gather(
    first,
    frames.map((frame) => ({ frame, from: 0, to: frame.rows })),
  );
}

interface Piece extends RowRange {
  readonly frame: Frame;
}

/** @param pieces of frames that have the schema of `first` */
function gather(first: Frame, pieces: readonly Piece[]): Frame {
  const rows = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const index = first.index && {
    ...first.index,
    values: gatherElements(
      first.index.type,
      pieces.map(({ frame, from, to }) => ({ values: indexValues(frame), from, to })),
    ),
  };
  const columns = first.columns.map(({ name, type }) => {
    const runs = pieces.map(({ frame, from, to }) => ({
      values: frame.column(name).values,
      from,
      to,
    }));
    if (type === "string") {
      const texts = (runs as readonly TextRun[]).flatMap(({ values, from, to }) =>
        values.slice(from, to),
      );
      return { name, type, values: texts };
    }
    const elementType = type === "bool" ? "uint8" : type;
    return {
      name,
      type,
      values: gatherElements(elementType, runs as readonly ElementRun[]),
    } as Column;
  });
  return new Frame(rows, index, columns);
}

interface TextRun extends RowRange {
  readonly values: readonly string[];
}

function indexValues({ index }: Frame): NumericArray {
  if (index !== undefined) return index.values;
  throw new VersionStoreError("schema-mismatch", "frame has no index");
}
