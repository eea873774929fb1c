import type { DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "../document/document-reader.ts";
import type { ColumnType } from "../value/column.ts";
import { isNumericType, type NumericType } from "../value/element-type.ts";
import { isTimeUnit, type Frame, type TimeUnit } from "../value/frame.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { StoredForm } from "./stored-form.ts";

export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
}

export interface IndexSchema {
  readonly name: string;
  readonly type: NumericType;
  readonly unit?: TimeUnit | undefined;
}

/** What a frame's schema document says. */
export interface FrameSchema {
  readonly index: IndexSchema | undefined;
  readonly columns: readonly ColumnSchema[];
}

/** What a frame's lane document says. The index comes before the columns. */
export interface FrameLane {
  readonly index: boolean;
  readonly columns: readonly string[];
}

/** Where the first part of the index or of a column is. */
export interface LanePlace {
  readonly lane: number;
  readonly part: number;
}

/** A stored form, read and checked. */
export interface FrameForm {
  readonly schema: FrameSchema;
  readonly indexPlace: LanePlace | undefined;
  readonly columnPlaces: ReadonlyMap<string, LanePlace>;
  /** How many parts each lane has. */
  readonly partCounts: readonly number[];
}

export function frameSchemaOf({ index, columns }: Frame): FrameSchema {
  return {
    index: index && { name: index.name, type: index.type, unit: index.unit },
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
}

export function writeFrameSchema({ index, columns }: FrameSchema): DocumentValue {
  return {
    index: index ? { name: index.name, type: index.type, unit: index.unit ?? null } : null,
    columns: columns.map(({ name, type }) => ({ name, type })),
  };
}

/** @throws {VersionStoreError} `data-integrity` */
export function readFrameSchema(document: DocumentValue): FrameSchema {
  const reader = new DocumentReader(document, "frame schema");
  const index = reader.optional("index", () => readIndexSchema(reader.record("index")));
  const columns = reader.records("columns", (column) => ({
    name: column.text("name"),
    type: readColumnType(column.text("type")),
  }));
  const names = columns.map(({ name }) => name);
  if (index) names.push(index.name);
  if (new Set(names).size < names.length) malformed("a name occurs twice");
  return { index, columns };
}

export function writeFrameLane({ index, columns }: FrameLane): DocumentValue {
  return { index, columns };
}

/** @throws {VersionStoreError} `data-integrity` */
export function readFrameLane(document: DocumentValue): FrameLane {
  const reader = new DocumentReader(document, "frame lane");
  return { index: reader.boolean("index"), columns: reader.texts("columns") };
}

/**
 * Reads schema and lanes together: the index and every column must be in exactly one lane.
 *
 * @throws {VersionStoreError} `data-integrity`
 */
export function readFrameForm(form: StoredForm): FrameForm {
  const schema = readFrameSchema(form.schema);
  const types = new Map(schema.columns.map(({ name, type }) => [name, type]));
  let indexPlace: LanePlace | undefined;
  const columnPlaces = new Map<string, LanePlace>();
  const partCounts = form.lanes.map((document, lane) => {
    const { index, columns } = readFrameLane(document);
    let part = 0;
    if (index) {
      if (schema.index === undefined || indexPlace)
        malformed(`lane has a wrong index lane=${lane}`);
      indexPlace = { lane, part };
      part = 1;
    }
    for (const name of columns) {
      const type = types.get(name);
      if (type === undefined || columnPlaces.has(name)) {
        malformed(`lane has a wrong column lane=${lane} column=${JSON.stringify(name)}`);
      }
      columnPlaces.set(name, { lane, part });
      part += type === "string" ? 2 : 1;
    }
    return part;
  });
  const complete = columnPlaces.size === types.size && (indexPlace === undefined) === !schema.index;
  if (!complete) malformed("lanes do not have all columns");
  return { schema, indexPlace, columnPlaces, partCounts };
}

function readColumnType(type: string): ColumnType {
  if (type === "bool" || type === "string" || isNumericType(type)) return type;
  return malformed(`unknown type type=${type}`);
}

function readIndexSchema(reader: DocumentReader): IndexSchema {
  const type = reader.text("type");
  const unit = reader.optional("unit", () => reader.text("unit"));
  if (!isNumericType(type)) return malformed(`unknown type of index type=${type}`);
  if (unit !== undefined && !isTimeUnit(unit)) return malformed(`unknown unit unit=${unit}`);
  return { name: reader.text("name"), type, unit };
}

function malformed(what: string): never {
  throw new VersionStoreError("data-integrity", `stored form of a frame is malformed: ${what}`);
}
