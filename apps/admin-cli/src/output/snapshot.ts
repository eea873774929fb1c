import type { SnapshotInfo } from "@foretile/version-store";

import { jsonValue } from "./json-value.ts";

/** A snapshot as a JSON document, without what it pins. */
export function snapshotDocument(info: SnapshotInfo): Record<string, unknown> {
  return {
    name: info.name,
    created_at: new Date(info.createdAtMs).toISOString(),
    symbols: info.symbolCount,
    immutable: info.immutable,
    metadata: jsonValue(info.metadata),
  };
}
