import type { DocumentValue } from "@foretile/codecs/msgpack";
import { DocumentReader } from "../document/document-reader.ts";
import { CONTENT_ID_BYTES } from "../segment/content-id.ts";
import type { IndexFacts } from "../value/index-bounds.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * What a manifest says about one segment of a typed value. Nothing in it depends on where in the value the segment is,
 * so that rows before it can come and go without a new entry.
 */
export interface SegmentFacts {
  /** The lane it holds; a block's segments follow each other by lane. */
  readonly lane: number;
  /** Rows of its block, at least 1. */
  readonly rows: number;
  /** Bytes of its parts before encoding. */
  readonly rawBytes: number;
  /** The content id of its parts. */
  readonly content: Uint8Array;
  /** The index of its block, said once: by lane 0. */
  readonly index: IndexFacts | undefined;
}

export function writeSegmentFacts(facts: SegmentFacts): DocumentValue {
  const { lane, rows, rawBytes, content, index } = facts;
  return { lane, rows, raw_bytes: rawBytes, content, index: writeIndexFacts(index) };
}

/** @throws {VersionStoreError} `data-integrity` */
export function readSegmentFacts(document: DocumentValue): SegmentFacts {
  const reader = new DocumentReader(document, "segment facts");
  return {
    lane: reader.integer("lane"),
    rows: reader.integer("rows", 1),
    rawBytes: reader.integer("raw_bytes"),
    content: reader.bytes("content", CONTENT_ID_BYTES),
    index: readIndexFacts(reader),
  };
}

/** `min` and `max` are only said of rows that are not in order: otherwise they are the first and the last. */
export function writeIndexFacts(index: IndexFacts | undefined): DocumentValue {
  if (index === undefined) return null;
  const { first, last, min, max, sorted } = index;
  return sorted ? { first, last } : { first, last, min, max };
}

/** Reads the field `index`. */
export function readIndexFacts(reader: DocumentReader): IndexFacts | undefined {
  return reader.optional("index", () => {
    const index = reader.record("index");
    const first = orderedNumber(index.value("first"));
    const last = orderedNumber(index.value("last"));
    const sorted = !index.has("min");
    const min = sorted ? first : orderedNumber(index.value("min"));
    const max = sorted ? last : orderedNumber(index.value("max"));
    if (min > max || first < min || first > max || last < min || last > max) throw malformed();
    return { first, last, min, max, sorted };
  });
}

function orderedNumber(value: DocumentValue): number | bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw malformed();
}

function malformed(): VersionStoreError {
  return new VersionStoreError("data-integrity", "facts about an index contradict themselves");
}
