import { createHash } from "node:crypto";
import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { Part } from "@foretile/version-store";

/** Bytes of a content id. */
export const CONTENT_ID_BYTES = 16;

/** Names what parts contain, whatever codecs store them: strong, since equal ids make runs share a table. */
export class ContentId {
  readonly #hash = createHash("sha256");

  /** @param what what follows, as bytes that tell it from anything else */
  add(what: DocumentValue, parts: readonly Part[] = []): void {
    this.#hash.update(encodeCanonical([what, parts.map(({ bytes }) => bytes.length)]));
    for (const { bytes } of parts) this.#hash.update(bytes);
  }

  /** The first 16 bytes of the SHA-256 over all that was added. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#hash.digest().subarray(0, CONTENT_ID_BYTES));
  }
}
