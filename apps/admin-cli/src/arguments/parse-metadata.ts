import { InvalidArgumentError } from "commander";

/** What JSON can say. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** Metadata as JSON. */
export function parseMetadata(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new InvalidArgumentError(`Expected JSON such as '{"reason":"audit"}'`);
  }
}
