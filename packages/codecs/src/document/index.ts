/**
 * Documents: msgpack with exactly one encoding per value, and sealed with a kind, a version and a hash.
 *
 * ```ts
 * import { createDocumentCodec, documentHash } from "@foretile/codecs/msgpack";
 *
 * const codec = await createDocumentCodec();
 * const bytes = codec.seal("MANI", 1, { tiles: [{ miner: 12, bytes: 655_360 }] });
 * const name = documentHash(bytes);
 * const { value } = codec.open("MANI", { maxVersion: 1, maxBytes: 1_000_000 }, bytes);
 * ```
 *
 * @module
 */
export { decodeCanonical, type DecodeCanonicalOptions } from "./decode-canonical.ts";
export {
  createDocumentCodec,
  documentHash,
  type DocumentCodec,
  type OpenDocumentOptions,
  type OpenedDocument,
} from "./document-codec.ts";
export { MAX_DOCUMENT_DEPTH, type DocumentValue } from "./document-value.ts";
export { encodeCanonical } from "./encode-canonical.ts";
