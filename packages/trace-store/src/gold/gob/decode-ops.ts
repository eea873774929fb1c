import { isKeyspaceError } from "@foretile/keyspace";
import { OrderedParamSet } from "@foretile/keyspace/gold";
import { damagedGob, GobReader } from "./gob-bytes.ts";
import { GOB_STRING, readFields, readGobType, type GobType } from "./gob-types.ts";

/** A dictionary needs three. */
const MAX_TYPES = 64;

type Types = ReadonlyMap<number, GobType>;

/**
 * The dictionary in the bytes that Go's `encoding/gob` or `encodeOps` wrote. Types are taken from the definitions in
 * the bytes: their numbers depend on the program that wrote.
 *
 * @throws {TraceStoreError} `tile-damaged` for anything else, before more memory is taken than the bytes are worth
 */
export function decodeOps(bytes: Uint8Array): OrderedParamSet {
  const reader = new GobReader(bytes);
  const types = new Map<number, GobType>();
  while (reader.left > 0) {
    const message = reader.message();
    const type = message.int();
    if (type >= 0) {
      if (reader.left > 0) throw damagedGob("something follows it");
      return readOps(message, type, types);
    }
    if (types.size >= MAX_TYPES) throw damagedGob("too many types are defined");
    types.set(-type, readGobType(message));
  }
  throw damagedGob("there is no value");
}

function readOps(message: GobReader, type: number, types: Types): OrderedParamSet {
  const struct = types.get(type);
  if (struct?.kind !== "struct") throw damagedGob("the value is no struct");
  let keys: readonly string[] = [];
  const values = new Map<string, readonly string[]>();
  readFields(message, (number) => {
    const field = struct.fields[number - 1];
    if (field?.name === "KeyOrder" && isTexts(field.type, types)) {
      keys = message.texts();
    } else if (field?.name === "ParamSet" && isMapOfTexts(field.type, types)) {
      const count = message.count();
      for (let index = 0; index < count; index += 1) values.set(message.text(), message.texts());
      if (values.size !== count) throw damagedGob("a key is there twice");
    } else throw damagedGob("a field is not of a dictionary");
  });
  if (message.left > 0) throw damagedGob("the value does not end");
  if (keys.length !== values.size) throw damagedGob("keys and values do not fit");
  return numbered(
    keys.map((key) => {
      const texts = values.get(key);
      if (texts === undefined) throw damagedGob("a key has no values");
      return [key, texts];
    }),
  );
}

function numbered(entries: readonly (readonly [string, readonly string[]])[]): OrderedParamSet {
  try {
    return OrderedParamSet.of(entries);
  } catch (cause) {
    if (isKeyspaceError(cause)) throw damagedGob("a number has no one meaning", cause);
    throw cause;
  }
}

function isTexts(type: number, types: Types): boolean {
  const definition = types.get(type);
  return definition?.kind === "slice" && definition.element === GOB_STRING;
}

function isMapOfTexts(type: number, types: Types): boolean {
  const definition = types.get(type);
  return (
    definition?.kind === "map" &&
    definition.key === GOB_STRING &&
    isTexts(definition.element, types)
  );
}
