import type { Column } from "../value/column.ts";
import { convertElements, holdsEvery } from "../value/element-conversion.ts";
import { newElements, type NumericArray, type NumericType } from "../value/element-type.ts";
import { Frame } from "../value/frame.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { agreeOnType, checkPolicy } from "./agree-on-type.ts";
import {
  readFrameForm,
  writeFrameSchema,
  type ColumnSchema,
  type FrameSchema,
  type IndexSchema,
} from "./frame-form.ts";
import { columnLanes } from "./frame-lanes.ts";
import type { Reconciled, SchemaPolicy } from "./rowwise-operations.ts";
import type { StoredForm } from "./stored-form.ts";

/** Brings new rows and the stored ones to one schema; `RowwiseOperations.reconcile` has the rules. */
export function reconcileFrame(
  stored: StoredForm,
  incoming: Frame,
  policy: SchemaPolicy,
): Reconciled<Frame> {
  checkPolicy(policy);
  const base = readFrameForm(stored).schema;
  if (incoming.rows === 0) return { ...stored, incoming: emptyFrame(base) };
  const index = agreeOnIndex(base.index, incoming, policy);
  const storedColumns = new Map(base.columns.map((column) => [column.name, column]));
  checkNoneMissing(base, incoming);
  const added: ColumnSchema[] = [];
  const columns = incoming.columns.map((column): ColumnSchema => {
    const old = storedColumns.get(column.name);
    if (old) return agreeOnColumn(old, column, policy);
    added.push({ name: column.name, type: column.type });
    return { name: column.name, type: column.type };
  });
  if (added.length > 0 && policy === "strict") throw unexpectedColumns(added);
  const schema: FrameSchema = { index, columns };
  const keepsTypes =
    index?.type === base.index?.type &&
    columns.every(({ name, type }) => (storedColumns.get(name)?.type ?? type) === type);
  return {
    schema: writeFrameSchema(schema),
    lanes: [...stored.lanes, ...columnLanes(added)],
    incoming: convertFrame(incoming, schema),
    ...(!keepsTypes && { convertOld: (value: Frame) => convertFrame(value, schema) }),
  };
}

/** A frame of no rows. */
export function emptyFrame({ index, columns }: FrameSchema): Frame {
  return new Frame(
    0,
    index && { ...index, values: newElements(index.type, 0) },
    columns.map((column) => missingColumn(column, 0)),
  );
}

/** The same rows in another schema: columns by name, those that are missing with what old rows have in new columns. */
function convertFrame(frame: Frame, { index, columns }: FrameSchema): Frame {
  const converted = columns.map((wanted) => {
    if (!frame.has(wanted.name)) return missingColumn(wanted, frame.rows);
    const column = frame.column(wanted.name);
    if (column.type === wanted.type) return column;
    const values = convertElements(column.values as NumericArray, wanted.type as NumericType);
    return { ...wanted, values } as Column;
  });
  const frameIndex =
    index && frame.index && index.type !== frame.index.type
      ? { ...index, values: convertElements(frame.index.values, index.type) }
      : frame.index;
  return new Frame(frame.rows, frameIndex, converted);
}

function missingColumn({ name, type }: ColumnSchema, rows: number): Column {
  if (type === "string") return { name, type, values: Array.from({ length: rows }, () => "") };
  if (type === "bool") return { name, type, values: new Uint8Array(rows) };
  const values = newElements(type, rows);
  if (type === "float32" || type === "float64") (values as Float64Array).fill(Number.NaN);
  return { name, type, values } as Column;
}

function agreeOnColumn(
  stored: ColumnSchema,
  { name, type, values }: Column,
  policy: SchemaPolicy,
): ColumnSchema {
  if (stored.type === type) return stored;
  const what = `column=${JSON.stringify(name)}`;
  if (stored.type === "string" || stored.type === "bool" || type === "string" || type === "bool") {
    throw mismatch(`new rows have another type ${what} stored=${stored.type} new=${type}`);
  }
  return { name, type: agreeOnType({ what, stored: stored.type, incoming: type, values, policy }) };
}

/** An index is only converted where no number changes: rounding could make rows equal that are not. */
function agreeOnIndex(
  stored: IndexSchema | undefined,
  { index }: Frame,
  policy: SchemaPolicy,
): IndexSchema | undefined {
  if (stored === undefined && index === undefined) return undefined;
  if (stored === undefined || index === undefined) {
    throw mismatch(`index must be in both or in neither stored=${!!stored} new=${!!index}`);
  }
  if (stored.name !== index.name || stored.unit !== index.unit) {
    throw mismatch(
      `index differs in name or unit stored=${JSON.stringify(stored.name)}/${stored.unit} new=${JSON.stringify(index.name)}/${index.unit}`,
    );
  }
  const what = `index=${JSON.stringify(index.name)}`;
  const type = agreeOnType({
    what,
    stored: stored.type,
    incoming: index.type,
    values: index.values,
    policy,
  });
  if (holdsEvery(type, stored.type)) return { ...stored, type };
  throw mismatch(`index would be rounded ${what} stored=${stored.type} new=${index.type}`);
}

function checkNoneMissing(base: FrameSchema, incoming: Frame): void {
  const missing = base.columns.map(({ name }) => name).filter((name) => !incoming.has(name));
  if (missing.length === 0) return;
  throw new VersionStoreError(
    "schema-mismatch",
    `new rows must have every stored column missing=${JSON.stringify(missing)}`,
    { details: { missing: missing.join() } },
  );
}

function unexpectedColumns(added: readonly ColumnSchema[]): VersionStoreError {
  const names = added.map(({ name }) => name);
  return new VersionStoreError(
    "schema-mismatch",
    `new rows have new columns, which the add-columns policy would allow added=${JSON.stringify(names)}`,
    { details: { added: names.join() } },
  );
}

function mismatch(message: string): VersionStoreError {
  return new VersionStoreError("schema-mismatch", message);
}
