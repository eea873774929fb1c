import type { DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "../document/document-reader.ts";
import {
  DEFAULT_PLACEMENT,
  placementOf,
  type Placement,
  type PlacementName,
} from "../placement/placement.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { PresetParameters } from "./preset.ts";

/**
 * What a library's values are stored with, fixed when the library is made. It has every parameter, so that a preset may
 * change in a later release without changing the libraries that were made from it.
 */
export interface Composition extends PresetParameters, Placement {
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
    // Libraries without packs and cells stay readable for releases that know nothing of them.
    ...(composition.placement === DEFAULT_PLACEMENT
      ? {}
      : { placement: composition.placement, pack_bytes: composition.packBytes ?? null }),
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
    ...decodePlacement(reader),
  };
}

function decodePlacement(reader: DocumentReader): Placement {
  if (!reader.has("placement")) return placementOf();
  const placement = reader.text("placement") as PlacementName;
  const packBytes = reader.optional("pack_bytes", () => reader.integer("pack_bytes"));
  try {
    return placementOf({ placement, packBytes });
  } catch (cause) {
    throw new VersionStoreError("data-integrity", "library has an impossible placement", { cause });
  }
}
