import type { FamilyName, GarbageRule } from "@foretile/storage";

import type { BytesDatabase } from "./database.ts";
import { namesBounds } from "./cell-key.ts";
import { keyBytes, keyText } from "./key-bytes.ts";

/** The families of a table with their rules. */
export type Families = ReadonlyMap<FamilyName, GarbageRule>;

/*
 * A family in `families`: key table NUL family; value `maxVersions`, then `maxAgeMs`, each 64 bits little-endian, 0 for
 * none.
 */
const RULE_BYTES = 16;

export function readFamilies(families: BytesDatabase, table: string): Families {
  const found = new Map<FamilyName, GarbageRule>();
  for (const { key, value } of families.getRange(namesBounds(table))) {
    const family = keyText(key).slice(table.length + 1);
    const view = new DataView(value.buffer, value.byteOffset, RULE_BYTES);
    const maxVersions = Number(view.getBigUint64(0, true));
    const maxAgeMs = Number(view.getBigUint64(8, true));
    found.set(family, {
      ...(maxVersions === 0 ? {} : { maxVersions }),
      ...(maxAgeMs === 0 ? {} : { maxAgeMs }),
    });
  }
  return found;
}

/** Runs inside a write transaction. */
export function writeFamily(
  families: BytesDatabase,
  table: string,
  family: FamilyName,
  { maxVersions = 0, maxAgeMs = 0 }: GarbageRule,
): void {
  const record = Buffer.alloc(RULE_BYTES);
  record.writeBigUInt64LE(BigInt(maxVersions), 0);
  record.writeBigUInt64LE(BigInt(maxAgeMs), 8);
  families.putSync(keyBytes(`${table}\0${family}`), record);
}
