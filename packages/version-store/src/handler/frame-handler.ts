import { Frame } from "../value/frame.ts";
import { resolveBounds } from "../value/index-bounds.ts";
import { factsOf, runsWithin } from "../value/index-rows.ts";
import { checkRowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { assembleFrame, encodeFrameLane } from "./frame-blocks.ts";
import { frameSchemaOf, readFrameForm, readFrameSchema, writeFrameSchema } from "./frame-form.ts";
import { frameLanesFor, frameLayout, frameRawBytes } from "./frame-lanes.ts";
import { emptyFrame, reconcileFrame } from "./frame-reconcile.ts";
import { concatFrames, takeFrame } from "./frame-rows.ts";
import type { Handler } from "./handler.ts";
import type { RowwiseOperations } from "./rowwise-operations.ts";

const rowwise: RowwiseOperations<Frame> = {
  slice: (frame, rows) => takeFrame(frame, [rows]),
  take: takeFrame,
  concat: concatFrames,
  empty: (schema) => emptyFrame(readFrameSchema(schema)),

  indexFacts(frame, rows) {
    checkRowRange(rows, frame.rows);
    return frame.index && factsOf(frame.index.values, rows);
  },

  indexBounds(document, range) {
    const { index } = readFrameSchema(document);
    if (index !== undefined) return resolveBounds(index, range);
    throw new VersionStoreError("invalid-argument", "frame has no index to take a range of");
  },

  rowsWithin(frame, bounds) {
    if (frame.index !== undefined) return runsWithin(frame.index.values, bounds);
    throw new VersionStoreError("invalid-argument", "frame has no index to take a range of");
  },

  lanesFor: frameLanesFor,
  reconcile: reconcileFrame,
};

/** Frames: a lane is a group of columns. */
export const frameHandler: Handler<Frame> = {
  name: "frame",
  accepts: (value) => value instanceof Frame,

  schemaOf(frame) {
    if (!frame.index && frame.columns.length === 0) {
      throw new VersionStoreError("invalid-argument", "frame needs an index or a column");
    }
    return writeFrameSchema(frameSchemaOf(frame));
  },

  checkForm: (form) => void readFrameForm(form),
  rowCount: ({ rows }) => rows,
  rawBytes: frameRawBytes,
  layoutOf: frameLayout,
  encodeLane: encodeFrameLane,
  assemble: assembleFrame,
  rowwise,
};
