import { formatBytes, formatCount } from "@foretile/app-kit";
import { toHex, type ValueStructure, type VersionInfo } from "@foretile/version-store";

import { jsonValue } from "./json-value.ts";
import { printable } from "./printable.ts";

/** What is known of a version without reading its value, as a JSON document. */
export function infoDocument(info: VersionInfo): Record<string, unknown> {
  return {
    symbol: info.symbol,
    version: info.version,
    commit_id: info.commitId,
    committed_at: new Date(info.committedAtMs).toISOString(),
    operation: info.operation,
    handler: info.handler,
    structure: info.structure && structureDocument(info.structure),
    rows: info.rows,
    index: info.index && {
      first: jsonValue(info.index.first),
      last: jsonValue(info.index.last),
      min: jsonValue(info.index.min),
      max: jsonValue(info.index.max),
      sorted: info.index.sorted,
    },
    segments: info.segments,
    raw_bytes: info.rawBytes,
    stored_bytes: info.storedBytes,
    content_hash: toHex(info.contentHash),
    user: info.user,
    message: info.message,
    metadata: jsonValue(info.metadata),
  };
}

/** The same as names and values for people. */
export function infoFields(info: VersionInfo): (readonly [name: string, value: string])[] {
  const { index, rows, user, message, metadata } = info;
  return [
    ["version", info.version.toString()],
    ["committed", new Date(info.committedAtMs).toISOString()],
    ["operation", info.operation],
    ["commit", info.commitId],
    ["handler", printable(info.handler)],
    ...optional("value", info.structure && structureText(info.structure)),
    ...optional("rows", rows === undefined ? undefined : formatCount(rows)),
    ...optional(
      "index",
      index && `${index.first} to ${index.last}${index.sorted ? "" : ", unsorted"}`,
    ),
    ["segments", formatCount(info.segments)],
    ["bytes", `${formatBytes(info.rawBytes)} raw, ${formatBytes(info.storedBytes)} stored`],
    ["hash", toHex(info.contentHash)],
    ...optional("user", user === undefined ? undefined : printable(user)),
    ...optional("message", message === undefined ? undefined : printable(message)),
    ...optional(
      "metadata",
      metadata === null ? undefined : printable(JSON.stringify(jsonValue(metadata))),
    ),
  ];
}

function optional(name: string, value: string | undefined): (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]];
}

function structureDocument(structure: ValueStructure): Record<string, unknown> {
  if (structure.kind !== "frame") return { ...structure };
  const { kind, index, columns, rowsPerBlock } = structure;
  return { kind, index, columns, rows_per_block: rowsPerBlock };
}

function structureText(structure: ValueStructure): string {
  if (structure.kind === "value") return "a document";
  if (structure.kind === "array") return `${structure.type}[${structure.shape.join(", ")}]`;
  const { index, columns } = structure;
  const all = index === undefined ? columns : [index, ...columns];
  return `frame of ${all.map(({ name, type }) => `${printable(name)}:${type}`).join(" ")}`;
}
