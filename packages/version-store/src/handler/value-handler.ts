import { decodeCanonical, encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { Frame } from "../value/frame.ts";
import { NdArray } from "../value/nd-array.ts";
import { checkRowRange } from "../value/row-range.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Handler } from "./handler.ts";
import type { StoredBlock, StoredForm } from "./stored-form.ts";

/** Largest document; it is one segment and decoded at once. Numbers in bulk are frames or arrays. */
const MAX_VALUE_BYTES = 64 * 1024 * 1024;

/** Any other value that documents can hold: one row, one lane, opaque. */
export const valueHandler: Handler<DocumentValue> = {
  name: "value",

  accepts: (value): value is DocumentValue =>
    value !== undefined && !(value instanceof Frame) && !(value instanceof NdArray),

  schemaOf: () => null,

  checkForm({ schema, lanes }) {
    if (schema === null && lanes.length === 1 && lanes[0] === null) return;
    throw new VersionStoreError("data-integrity", "stored form of a value is malformed");
  },

  rowCount: () => 1,
  rawBytes: (value) => encodeValue(value).length,
  layoutOf: () => ({ rowsPerBlock: 1, lanes: [null] }),

  encodeLane(value, _lane, rows) {
    checkRowRange(rows, 1);
    return [{ bytes: encodeValue(value), elementBytes: 1 }];
  },

  assemble(form: StoredForm, blocks: readonly StoredBlock[], selection = {}) {
    valueHandler.checkForm(form);
    if (selection.columns !== undefined || selection.members !== undefined) {
      throw new VersionStoreError("invalid-argument", "a value has neither columns nor members");
    }
    const [block] = blocks;
    const [part] = block?.parts.get(0) ?? [];
    if (blocks.length !== 1 || part === undefined) {
      throw new VersionStoreError("data-integrity", "value must be one block of one part");
    }
    return decodeValue(part.bytes);
  },
};

function encodeValue(value: DocumentValue): Uint8Array {
  const bytes = encodeOrRefuse(value);
  if (bytes.length <= MAX_VALUE_BYTES) return bytes;
  throw new VersionStoreError(
    "invalid-argument",
    `value is too large, store it as a frame or an array limit=${MAX_VALUE_BYTES} found=${bytes.length}`,
  );
}

function encodeOrRefuse(value: DocumentValue): Uint8Array {
  try {
    return encodeCanonical(value);
  } catch (error) {
    throw new VersionStoreError(
      "invalid-argument",
      "value has no encoding: store frames, arrays, or what documents can hold",
      { cause: error },
    );
  }
}

function decodeValue(bytes: Uint8Array): DocumentValue {
  try {
    return decodeCanonical(bytes, { maxBytes: MAX_VALUE_BYTES });
  } catch (error) {
    throw new VersionStoreError("data-integrity", "stored value is damaged", { cause: error });
  }
}
