import { compareUtf8 } from "@foretile/keyspace";
import type { OrderedParamSet } from "@foretile/keyspace/gold";
import { GobWriter } from "./gob-bytes.ts";
import { GOB_STRING } from "./gob-types.ts";

/** Go gives types of a program numbers from 65 on, in the order in which it meets them. */
const STRUCT = 65;
const TEXTS = 66;
const MAP = 67;

/**
 * A dictionary as Go's `encoding/gob` writes the struct `OrderedParamSet`, with its map in order of the keys' UTF-8
 * bytes, so that each dictionary has one encoding.
 */
export function encodeOps(ops: OrderedParamSet): Uint8Array<ArrayBuffer> {
  const writer = new GobWriter();
  defineTypes(writer);
  writer.message((message) => {
    message.int(STRUCT);
    // A list without content is left out, so the next field is two steps from the start.
    if (ops.keys.length > 0) message.uint(1).texts(ops.keys).uint(1);
    else message.uint(2);
    const entries = ops.entries().toSorted(([left], [right]) => compareUtf8(left, right));
    message.uint(entries.length);
    for (const [key, values] of entries) message.text(key).texts(values);
    message.uint(0);
  });
  return writer.bytes();
}

/** Each definition is a struct of one field, whose number says what kind of type it is. */
function defineTypes(writer: GobWriter): void {
  writer.message((message) => {
    message.int(-STRUCT).uint(3);
    message.uint(1);
    writeNamed(message, "OrderedParamSet", STRUCT);
    message.uint(1).uint(2);
    writeNamed(message, "KeyOrder", TEXTS);
    writeNamed(message, "ParamSet", MAP);
    message.uint(0).uint(0);
  });
  writer.message((message) => {
    message.int(-TEXTS).uint(2);
    message.uint(1);
    writeNamed(message, "[]string", TEXTS);
    message.uint(1).int(GOB_STRING);
    message.uint(0).uint(0);
  });
  writer.message((message) => {
    message.int(-MAP).uint(4);
    message.uint(1);
    writeNamed(message, "ParamSet", MAP);
    message.uint(1).int(GOB_STRING);
    message.uint(1).int(TEXTS);
    message.uint(0).uint(0);
  });
}

function writeNamed(message: GobWriter, name: string, type: number): void {
  message.uint(1).text(name).uint(1).int(type).uint(0);
}
