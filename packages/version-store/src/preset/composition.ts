import type { DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "../document/document-reader.ts";
import type { PresetParameters } from "./preset.ts";

/**
 * What a library's values are stored with, fixed when the library is made. It has every parameter, so that a preset may
 * change in a later release without changing the libraries that were made from it.
 */
export interface Composition extends PresetParameters {
  /** The preset that the parameters came from; `undefined` when they were chosen one by one. */
  readonly preset: string | undefined;
}

/** The document that the library's config holds. */
export function encodeComposition(composition: Composition): DocumentValue {
  return {
    preset: composition.preset ?? null,
    handlers: composition.handlers,
    target_bytes: composition.targetBytes,
    codecs: composition.codecs,
  };
}

/**
 * Reads what {@link encodeComposition} wrote. Names are not looked up: `checkComposition` does that.
 *
 * @throws {VersionStoreError} `data-integrity`
 */
export function decodeComposition(document: DocumentValue): Composition {
  const reader = new DocumentReader(document, "library composition");
  return {
    preset: reader.optional("preset", () => reader.text("preset")),
    handlers: reader.texts("handlers"),
    targetBytes: reader.integer("target_bytes", 1),
    codecs: reader.texts("codecs"),
  };
}
