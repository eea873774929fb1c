import type { LibraryContext } from "../library/library-context.ts";
import { BlobSink } from "./blob-sink.ts";
import { CellSink } from "./cell-sink.ts";
import { PackSink } from "./pack-sink.ts";
import type { SegmentSink, SinkOwner } from "./segment-sink.ts";

/** The sink of one transaction, as the library's placement says. */
export function createSegmentSink(context: LibraryContext, owner: SinkOwner): SegmentSink {
  const { blobs, checksum, composition } = context;
  const { placement, packBytes } = composition;
  if (placement === "cells") return new CellSink(context, owner);
  if (packBytes === undefined) return new BlobSink(blobs, owner);
  return new PackSink(blobs, owner, { checksum, packBytes });
}
