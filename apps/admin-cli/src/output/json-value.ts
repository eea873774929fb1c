import type { VersionFacts } from "@foretile/version-store";

/** What metadata can be. */
type Metadata = VersionFacts["metadata"];

/**
 * Metadata as JSON has it. Bytes become `{"base64":"…"}`; integers and numbers that JSON cannot hold become text.
 */
export function jsonValue(value: Metadata): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { base64: base64(value) };
  if (isList(value)) return value.map(jsonValue);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, jsonValue(member)]),
  );
}

function isList(value: Metadata): value is readonly Metadata[] {
  return Array.isArray(value);
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
