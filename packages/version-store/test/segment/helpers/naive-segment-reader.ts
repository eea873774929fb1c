import { zstdDecompressSync } from "node:zlib";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { decodeCanonical } from "@foretile/codecs/msgpack";
import type { Part } from "../../../src/segment/part.ts";
import { checksum } from "./segment-codecs.ts";
import { naiveFilters } from "./naive-filters.ts";

interface NaiveHeader {
  readonly codecs: readonly string[];
  readonly element_bytes: readonly Part["elementBytes"][];
  readonly raw_lengths: readonly number[];
  readonly stored_lengths: readonly number[];
}

/** A stored part as the format page says it is: what the compressor was given, or the part itself. */
export interface NaivePart {
  readonly isEncoded: boolean;
  readonly bytes: number[];
}

/** Takes a segment apart by docs/formats/segment-v1.md alone, up to the filters. */
export function readSegmentNaively(bytes: Uint8Array): {
  header: NaiveHeader;
  parts: NaivePart[];
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  const hashAt = bytes.length - 16;
  const hash = checksum.hash128(bytes.subarray(0, hashAt));
  if (magic !== "FTSG" || view.getUint16(4, true) !== 1) throw new Error("no segment");
  if (Buffer.compare(hash, bytes.subarray(hashAt)) !== 0) throw new Error("another hash");
  const length = view.getUint16(6, true);
  const header = decodeCanonical(bytes.subarray(8, 8 + length), {
    maxBytes: length,
  }) as unknown as NaiveHeader;
  let at = 8 + length;
  const parts = header.stored_lengths.map((storedLength, index): NaivePart => {
    at = skipZeros(bytes, at);
    const stored = bytes.subarray(at, at + storedLength);
    at += storedLength;
    const rawLength = header.raw_lengths[index] ?? -1;
    if (rawLength === storedLength) return { isEncoded: false, bytes: [...stored] };
    return { isEncoded: true, bytes: [...decompress(header.codecs.at(-1), stored, rawLength)] };
  });
  if (skipZeros(bytes, at) !== hashAt) throw new Error("bytes before the hash");
  return { header, parts };
}

/** What the compressor is given for a part. */
export function filterNaively(codecs: readonly string[], part: Part): number[] {
  let { bytes } = part;
  for (const name of codecs.slice(0, -1)) {
    const filter = naiveFilters[name];
    if (filter === undefined) throw new Error(`no filter ${name}`);
    bytes = Uint8Array.from(filter({ bytes, elementBytes: part.elementBytes }));
  }
  return [...bytes];
}

function decompress(name: string | undefined, bytes: Uint8Array, rawLength: number): Uint8Array {
  return name === "zstd" ? zstdDecompressSync(bytes) : lz4Compressor.decompress(bytes, rawLength);
}

function skipZeros(bytes: Uint8Array, from: number): number {
  const to = 16 * Math.ceil(from / 16);
  if (bytes.subarray(from, to).some((byte) => byte !== 0)) throw new Error("padding is not zero");
  return to;
}
