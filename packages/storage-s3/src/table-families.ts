import { StorageError, type FamilyName, type GarbageRule } from "@foretile/storage";

/* The families of a table and their rules, in one record: JSON, `{"f":{"maxVersions":1}}`. */

export type Families = ReadonlyMap<FamilyName, GarbageRule>;

export function encodeFamilies(families: Families): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(families)));
}

/** @throws {StorageError} `damaged` */
export function decodeFamilies(name: string, bytes: Uint8Array): Families {
  const families = new Map<FamilyName, GarbageRule>();
  for (const [family, rule] of Object.entries(parse(name, bytes))) {
    const { maxVersions, maxAgeMs } = rule as GarbageRule;
    families.set(family, {
      ...(maxVersions === undefined ? {} : { maxVersions }),
      ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    });
  }
  return families;
}

function parse(name: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const rules = typeof value === "object" && value !== null ? Object.values(value) : [null];
    if (rules.every((rule) => typeof rule === "object" && rule !== null)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch (error) {
    throw new StorageError("damaged", `families are not what was written name=${name}`, {
      cause: error,
    });
  }
  throw new StorageError("damaged", `families are not what was written name=${name}`);
}
