import type { SegmentEntry } from "../manifest/manifest.ts";
import { packBytesOf } from "./pack-layout.ts";

/** Bytes that the blob of a segment, its pack or the list that names its cell has at least. */
export function leastOwnerBytes({ length, location }: SegmentEntry): number {
  if (location === undefined) return length;
  return location.kind === "pack" ? packBytesOf(location.offset + length, 1) : 1;
}

/** Whether a blob of so many bytes can be the one that a segment is in, or is named by. */
export function isOwnerLength(entry: SegmentEntry, found: number): boolean {
  return entry.location === undefined ? found === entry.length : found >= leastOwnerBytes(entry);
}
