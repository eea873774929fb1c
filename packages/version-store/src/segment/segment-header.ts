import { isCodecError } from "@foretile/codecs";
import { decodeCanonical, encodeCanonical, type DocumentValue } from "@foretile/codecs/msgpack";
import { ColumnReader } from "../document/columns.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { VersionStoreError } from "../version-store-error.ts";
import type { Part } from "./part.ts";
import { MAX_PARTS } from "./segment-layout.ts";

/** One part as it is stored. */
interface PartEntry {
  readonly elementBytes: Part["elementBytes"];
  /** Bytes of the part. */
  readonly rawLength: number;
  /** Bytes in the segment: `rawLength` for a part as it is, fewer for an encoded one. */
  readonly storedLength: number;
}

/** What a segment says about itself. */
export interface SegmentHeader {
  /** Names of the codecs that encoded parts went through, in order. */
  readonly codecs: readonly string[];
  readonly parts: readonly PartEntry[];
}

const MAX_HEADER_BYTES = 0xffff;

export function encodeSegmentHeader({ codecs, parts }: SegmentHeader): Uint8Array {
  return encodeCanonical({
    codecs,
    element_bytes: parts.map(({ elementBytes }) => elementBytes),
    raw_lengths: parts.map(({ rawLength }) => rawLength),
    stored_lengths: parts.map(({ storedLength }) => storedLength),
  });
}

/**
 * Reads a header whose hash is right.
 *
 * @throws {VersionStoreError} `data-integrity` when it describes no possible parts
 */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader {
  const reader = new DocumentReader(decodeDocument(bytes), "segment header");
  const { length } = reader.list("element_bytes");
  if (length > MAX_PARTS) {
    throw impossible(`has too many parts most=${MAX_PARTS} found=${length}`);
  }
  const columns = new ColumnReader(reader, "segment header", length);
  const elementBytes = columns.integers("element_bytes", 1);
  const rawLengths = columns.integers("raw_lengths");
  const storedLengths = columns.integers("stored_lengths");
  return {
    codecs: reader.texts("codecs"),
    parts: elementBytes.map((size, index) =>
      checkedEntry(index, size, rawLengths[index] as number, storedLengths[index] as number),
    ),
  };
}

function decodeDocument(bytes: Uint8Array): DocumentValue {
  try {
    return decodeCanonical(bytes, { maxBytes: MAX_HEADER_BYTES });
  } catch (cause) {
    if (!isCodecError(cause)) throw cause;
    throw new VersionStoreError("data-integrity", "segment header is no document", { cause });
  }
}

function checkedEntry(
  part: number,
  elementBytes: number,
  rawLength: number,
  storedLength: number,
): PartEntry {
  const facts = `part=${part} elementBytes=${elementBytes} raw=${rawLength} stored=${storedLength}`;
  if (!isElementSize(elementBytes)) throw impossible(`has an impossible element size ${facts}`);
  if (rawLength % elementBytes !== 0 || storedLength > rawLength) {
    throw impossible(`has impossible lengths ${facts}`);
  }
  return { elementBytes, rawLength, storedLength };
}

export function isElementSize(size: number): size is Part["elementBytes"] {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

function impossible(what: string): VersionStoreError {
  return new VersionStoreError("data-integrity", `segment ${what}`);
}
