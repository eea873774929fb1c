import { convertElements } from "../value/element-conversion.ts";
import { newElements } from "../value/element-type.ts";
import { gatherElements } from "../value/gather-elements.ts";
import { NdArray, product } from "../value/nd-array.ts";
import { checkRowRange, type RowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { agreeOnType, checkPolicy } from "./agree-on-type.ts";
import { assembleArray, encodeArrayLane } from "./array-blocks.ts";
import {
  arrayLayout,
  arraySchemaOf,
  readArrayForm,
  readArraySchema,
  writeArraySchema,
  type ArraySchema,
} from "./array-form.ts";
import { memberRuns, runsWithinTile, selectedMembers } from "./array-members.ts";
import type { Handler } from "./handler.ts";
import type { Reconciled, RowwiseOperations, SchemaPolicy } from "./rowwise-operations.ts";
import type { Selection, StoredForm } from "./stored-form.ts";

const rowwise: RowwiseOperations<NdArray> = {
  slice: (array, rows) => takeArray(array, [rows]),
  take: takeArray,
  concat: concatArrays,
  empty: (schema) => emptyArray(readArraySchema(schema)),
  indexFacts: () => undefined,
  indexBounds: refuseIndex,
  rowsWithin: refuseIndex,
  lanesFor: arrayLanesFor,
  reconcile: reconcileArray,
};

/** Arrays: a lane is a tile over the axes after the rows. */
export const arrayHandler: Handler<NdArray> = {
  name: "array",
  accepts: (value) => value instanceof NdArray,
  schemaOf: (array) => writeArraySchema(arraySchemaOf(array)),
  checkForm: (form) => void readArrayForm(form),
  rowCount: ({ rows }) => rows,
  rawBytes: ({ values }) => values.byteLength,
  layoutOf: arrayLayout,
  encodeLane: encodeArrayLane,
  assemble: assembleArray,
  rowwise,
};

function takeArray(array: NdArray, ranges: readonly RowRange[]): NdArray {
  for (const range of ranges) checkRowRange(range, array.rows);
  return gather(
    array,
    ranges.map((range) => ({ array, ...range })),
  );
}

function concatArrays(arrays: readonly NdArray[]): NdArray {
  const [first] = arrays;
  if (first === undefined) throw new VersionStoreError("invalid-argument", "no arrays to concat");
  for (const array of arrays) {
    if (array.type === first.type && equalLengths(array.shape.slice(1), first.shape.slice(1))) {
      continue;
    }
    throw new VersionStoreError(
      "schema-mismatch",
      `arrays differ in type or shape found=${array.type}[${array.shape.join()}] expected=${first.type}[${first.shape.join()}]`,
    );
  }
  return gather(
    first,
    arrays.map((array) => ({ array, from: 0, to: array.rows })),
  );
}

/** @param pieces of arrays with the schema of `first` */
function gather(
  { type, shape, grid }: NdArray,
  pieces: readonly (RowRange & { readonly array: NdArray })[],
): NdArray {
  const axes = shape.slice(1);
  const rowElements = product(axes);
  const rows = pieces.reduce((sum, { from, to }) => sum + to - from, 0);
  const values = gatherElements(
    type,
    pieces.map(({ array, from, to }) => ({
      values: array.values,
      from: from * rowElements,
      to: to * rowElements,
    })),
  );
  return new NdArray(type, [rows, ...axes], values, grid);
}

function emptyArray({ type, axes, grid }: ArraySchema): NdArray {
  return new NdArray(type, [0, ...axes], newElements(type, 0), grid);
}

function refuseIndex(): never {
  throw new VersionStoreError(
    "invalid-argument",
    "an array has no index to take a range of, take rows",
  );
}

function arrayLanesFor(stored: StoredForm, selection: Selection): number[] {
  const { schema, tiles } = readArrayForm(stored);
  const members = selectedMembers(schema, selection);
  if (members === undefined) return [...tiles.keys()];
  const runs = memberRuns(members);
  return [...tiles.entries()]
    .filter(([, tile]) => runsWithinTile(runs, tile).length > 0)
    .map(([lane]) => lane);
}

/** The stored grid stays, whatever grid new rows declare. */
function reconcileArray(
  stored: StoredForm,
  incoming: NdArray,
  policy: SchemaPolicy,
): Reconciled<NdArray> {
  checkPolicy(policy);
  const base = readArrayForm(stored).schema;
  if (incoming.rows === 0) return { ...stored, incoming: emptyArray(base) };
  const axes = incoming.shape.slice(1);
  if (!equalLengths(axes, base.axes)) {
    throw new VersionStoreError(
      "schema-mismatch",
      `new rows have another shape stored=[${base.axes.join()}] new=[${axes.join()}]`,
    );
  }
  const type = agreeOnType({
    what: "of the array",
    stored: base.type,
    incoming: incoming.type,
    values: incoming.values,
    policy,
  });
  const schema: ArraySchema = { ...base, type };
  return {
    schema: writeArraySchema(schema),
    lanes: stored.lanes,
    incoming: convertArray(incoming, schema),
    ...(type !== base.type && { convertOld: (array: NdArray) => convertArray(array, schema) }),
  };
}

function convertArray(array: NdArray, { type, grid }: ArraySchema): NdArray {
  const values = array.type === type ? array.values : convertElements(array.values, type);
  return new NdArray(type, array.shape, values, grid);
}

function equalLengths(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((length, axis) => length === right[axis]);
}
