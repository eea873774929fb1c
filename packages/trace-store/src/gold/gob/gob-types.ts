import { damagedGob, type GobReader } from "./gob-bytes.ts";

/** Numbers that gob itself gives to types. */
export const GOB_STRING = 6;

interface NamedType {
  readonly name: string;
  readonly type: number;
}

/** What a definition says about a type; numbers are those of other types. */
export type GobType =
  | { readonly kind: "slice"; readonly element: number }
  | { readonly kind: "map"; readonly key: number; readonly element: number }
  | {
      readonly kind: "struct";
      readonly name: string;
      readonly fields: readonly NamedType[];
    };

/**
 * Reads a struct: calls `read` with the number of each field that is there, from 1, which then reads its content.
 *
 * @throws {TraceStoreError} `tile-damaged`
 */
export function readFields(reader: GobReader, read: (field: number) => void): void {
  let field = 0;
  for (let step = reader.uint(); step !== 0; step = reader.uint()) {
    field += step;
    read(field);
  }
}

/**
 * Reads the definition of a type, as Go's `wireType` has it, up to the end of its message.
 *
 * @throws {TraceStoreError} `tile-damaged`, also for a type that no dictionary has
 */
export function readGobType(reader: GobReader): GobType {
  let type: GobType | undefined;
  readFields(reader, (kind) => {
    if (kind === 2) type = readSlice(reader);
    else if (kind === 3) type = readStruct(reader);
    else if (kind === 4) type = readMap(reader);
    else throw damagedGob("it defines a type of another kind");
  });
  if (type === undefined || reader.left > 0) throw damagedGob("a definition is not whole");
  return type;
}

function readSlice(reader: GobReader): GobType {
  let element = 0;
  readFields(reader, (field) => {
    if (field === 1) readNamed(reader);
    else if (field === 2) element = reader.int();
    else throw damagedGob("a list has an unknown property");
  });
  return { kind: "slice", element };
}

function readMap(reader: GobReader): GobType {
  let key = 0;
  let element = 0;
  readFields(reader, (field) => {
    if (field === 1) readNamed(reader);
    else if (field === 2) key = reader.int();
    else if (field === 3) element = reader.int();
    else throw damagedGob("a map has an unknown property");
  });
  return { kind: "map", key, element };
}

function readStruct(reader: GobReader): GobType {
  let name = "";
  let fields: readonly NamedType[] = [];
  readFields(reader, (field) => {
    if (field === 1) ({ name } = readNamed(reader));
    else if (field === 2) {
      fields = Array.from({ length: reader.count() }, () => readNamed(reader));
    } else throw damagedGob("a struct has an unknown property");
  });
  return { kind: "struct", name, fields };
}

/** A type's own name and number, or a field's name and the number of its type: Go writes both alike. */
function readNamed(reader: GobReader): NamedType {
  let name = "";
  let type = 0;
  readFields(reader, (field) => {
    if (field === 1) name = reader.text();
    else if (field === 2) type = reader.int();
    else throw damagedGob("a name has an unknown property");
  });
  return { name, type };
}
