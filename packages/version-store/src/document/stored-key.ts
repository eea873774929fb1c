import type { DocumentValue } from "@foretile/codecs/msgpack";
import { isStorageError, toKey, type Key } from "@foretile/storage";

/** The key that a document names, `undefined` when the value cannot be one. */
export function asKey(value: DocumentValue): Key | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return toKey(value);
  } catch (error) {
    if (isStorageError(error)) return undefined;
    throw error;
  }
}
