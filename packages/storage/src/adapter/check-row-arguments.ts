import type {
  CellMutation,
  ConditionalRowMutation,
  FamilyName,
  GarbageRule,
  ReadRowsOptions,
  RowFilter,
  RowMutation,
  RowSelection,
  RowStoreCapabilities,
} from "../row-store.ts";
import { StorageError } from "../storage-error.ts";
import { checkInteger, checkKeyRange, checkLength } from "./check-arguments.ts";

const familyName = /^[A-Za-z0-9_-]{1,32}$/;
const qualifierText = /^[\x21-\x7e]*$/;
const most = Number.MAX_SAFE_INTEGER;

type Limits = Pick<RowStoreCapabilities, "maxCellBytes" | "maxQualifierBytes">;

/** @throws {StorageError} `invalid-argument` */
export function checkGarbageRule(family: FamilyName, rule: GarbageRule): void {
  checkFamily(family);
  if (rule.maxVersions !== undefined) checkInteger("maxVersions", rule.maxVersions, 1, most);
  if (rule.maxAgeMs !== undefined) checkInteger("maxAgeMs", rule.maxAgeMs, 1, most);
}

/** @throws {StorageError} `invalid-argument` */
export function checkReadRows(selection: RowSelection, options: ReadRowsOptions): void {
  for (const range of selection.ranges ?? []) checkKeyRange(range);
  if (options.limit !== undefined) checkInteger("limit", options.limit, 1, most);
  if (options.filter !== undefined) checkFilter(options.filter);
}

/**
 * Everything about the rows that does not depend on what is stored.
 *
 * @throws {StorageError} `invalid-argument`, `too-large`
 */
export function checkRowMutations(
  rows: readonly RowMutation[],
  capabilities: RowStoreCapabilities,
): void {
  checkLength("number of rows", rows.length, capabilities.maxRowsPerMutation);
  for (const { key, mutations } of rows) {
    if (mutations.length === 0) {
      throw new StorageError("invalid-argument", `row has no mutations key=${key}`);
    }
    checkMutations(mutations, capabilities);
  }
}

/** @throws {StorageError} `invalid-argument`, `too-large` */
export function checkConditionalMutation(
  mutation: ConditionalRowMutation,
  capabilities: RowStoreCapabilities,
): void {
  const { key, predicate, onMatch = [], onNoMatch = [] } = mutation;
  if (onMatch.length + onNoMatch.length === 0) {
    throw new StorageError("invalid-argument", `row has no mutations key=${key}`);
  }
  checkFamily(predicate.family);
  checkQualifier(predicate.qualifier, capabilities);
  checkMutations(onMatch, capabilities);
  checkMutations(onNoMatch, capabilities);
}

function checkMutations(mutations: readonly CellMutation[], limits: Limits): void {
  for (const mutation of mutations) {
    switch (mutation.type) {
      case "set-cell":
        checkFamily(mutation.family);
        checkQualifier(mutation.qualifier, limits);
        checkInteger("timestampMicros", mutation.timestampMicros, 0, most);
        if (mutation.timestampMicros % 1_000 !== 0) {
          throw new StorageError(
            "invalid-argument",
            `timestampMicros must be a multiple of 1000 value=${mutation.timestampMicros}`,
          );
        }
        checkLength("cell", mutation.value.byteLength, limits.maxCellBytes);
        break;
      case "delete-column":
        checkFamily(mutation.family);
        checkQualifier(mutation.qualifier, limits);
        checkTimestamps(mutation.timestampsMicros);
        break;
      case "delete-family":
        checkFamily(mutation.family);
        break;
      case "delete-row":
        break;
    }
  }
}

function checkFilter(filter: RowFilter): void {
  for (const family of filter.families ?? []) checkFamily(family);
  if (filter.qualifiers !== undefined) checkKeyRange(filter.qualifiers);
  if (filter.cellsPerColumn !== undefined) {
    checkInteger("cellsPerColumn", filter.cellsPerColumn, 1, most);
  }
  checkTimestamps(filter.timestampsMicros);
}

function checkTimestamps(range: RowFilter["timestampsMicros"]): void {
  if (range?.gte !== undefined) checkInteger("timestampsMicros.gte", range.gte, 0, most);
  if (range?.lt !== undefined) checkInteger("timestampsMicros.lt", range.lt, 0, most);
}

function checkFamily(family: FamilyName): void {
  if (!familyName.test(family)) {
    throw new StorageError(
      "invalid-argument",
      `family must be 1 to 32 of a-z A-Z 0-9 _ - family=${JSON.stringify(family)}`,
    );
  }
}

function checkQualifier(qualifier: string, limits: Limits): void {
  checkLength("qualifier", qualifier.length, limits.maxQualifierBytes);
  if (!qualifierText.test(qualifier)) {
    throw new StorageError(
      "invalid-argument",
      `qualifier must be printable ASCII without spaces qualifier=${JSON.stringify(qualifier)}`,
    );
  }
}
