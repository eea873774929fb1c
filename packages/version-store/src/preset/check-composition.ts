import type { Checksum } from "@foretile/codecs";
import type { BlobStoreCapabilities } from "@foretile/storage";
import type { CodecRegistry } from "../segment/codec/codec-registry.ts";
import { createSegmentCodec } from "../segment/create-segment-codec.ts";
import type { SegmentCodec } from "../segment/segment-codec.ts";
import { checkSegmentPolicy } from "../segment/segment-policy.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Composition } from "./composition.ts";
import { checkReadBack } from "./read-back.ts";

/** What a composition must work with. */
export interface CompositionEnvironment {
  /** Of the store that holds the segments. */
  readonly capabilities: Pick<BlobStoreCapabilities, "maxBlobBytes">;
  readonly codecs: CodecRegistry;
  /** Names of the handlers that this build has. */
  readonly handlers: Iterable<string>;
  readonly checksum: Checksum;
}

/**
 * Proves that values stored with a composition can be read back here: every name is known, segments fit the store, and
 * samples of every element size survive the codecs. Takes about a millisecond, so that every opening can do it.
 *
 * @returns the segment codec that was tried
 * @throws {VersionStoreError} `unsupported-capability` naming what does not fit, `invalid-argument` for an impossible
 *   target
 */
export function checkComposition(
  composition: Composition,
  { capabilities, codecs, handlers, checksum }: CompositionEnvironment,
): SegmentCodec {
  checkHandlers(composition.handlers, [...handlers]);
  checkSegmentPolicy(composition, capabilities);
  checkPackBytes(composition, capabilities);
  const codec = createSegmentCodec({ checksum, codecs, chain: composition.codecs });
  checkReadBack(codec);
  return codec;
}

function checkHandlers(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw unusable(
      `library needs a handler that this build does not have; upgrade, or choose others ` +
        `handler=${JSON.stringify(unknown)} known=${known.join(",")}`,
    );
  }
  if (wanted.length === 0 || new Set(wanted).size < wanted.length) {
    throw unusable(
      `library needs handlers, each named once handlers=${JSON.stringify(wanted)} known=${known.join(",")}`,
    );
  }
}

function checkPackBytes(
  { packBytes = 0 }: Composition,
  { maxBlobBytes }: CompositionEnvironment["capabilities"],
): void {
  if (packBytes <= maxBlobBytes) return;
  throw unusable(
    `packs do not fit the store's blobs; use smaller ones or another store pack_bytes=${packBytes} ` +
      `max_blob_bytes=${maxBlobBytes}`,
  );
}

function unusable(message: string): VersionStoreError {
  return new VersionStoreError("unsupported-capability", message);
}
