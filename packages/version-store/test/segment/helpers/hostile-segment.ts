import { encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import type { EncodedSegment } from "../../../src/segment/segment-codec.ts";
import { checksum } from "./segment-codecs.ts";

export interface HostileSegment {
  /** Default: a header of no parts. */
  readonly header?: DocumentValue;
  /** Instead of `header`. */
  readonly headerBytes?: Uint8Array;
  /** Default: as long as it is. */
  readonly headerLength?: number;
  /** What follows the padded header. */
  readonly body?: Uint8Array;
}

/** What a hostile writer can do: a segment with any header and any body, and with a hash that fits. */
export function hostileSegment(segment: HostileSegment): EncodedSegment {
  const headerBytes = segment.headerBytes ?? encodeCanonical(segment.header ?? headerOf({}));
  const bodyAt = 16 * Math.ceil((8 + headerBytes.length) / 16);
  const body = segment.body ?? new Uint8Array();
  const bytes = new Uint8Array(bodyAt + body.length + 16);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("FTSG"));
  view.setUint16(4, 1, true);
  view.setUint16(6, segment.headerLength ?? headerBytes.length, true);
  bytes.set(headerBytes, 8);
  bytes.set(body, bodyAt);
  return resealed(bytes);
}

/** The same segment with the hash that fits it. */
export function resealed(bytes: Uint8Array): EncodedSegment {
  const sealed = bytes.slice();
  const hash = checksum.hash128(sealed.subarray(0, -16));
  sealed.set(hash, sealed.length - 16);
  return { bytes: sealed, hash };
}

/** A header of no parts, or with these fields. */
export function headerOf(
  fields: Readonly<Record<string, DocumentValue>>,
): Readonly<Record<string, DocumentValue>> {
  return { codecs: [], element_bytes: [], raw_lengths: [], stored_lengths: [], ...fields };
}
