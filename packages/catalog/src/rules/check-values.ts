import { CatalogError, type CatalogErrorCode } from "../catalog-error.ts";

/** @throws {CatalogError} `code` unless `value` is whole and in range, both ends inclusive */
export function checkWhole(
  what: string,
  value: number,
  min: number,
  max: number,
  code: CatalogErrorCode = "invalid-argument",
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new CatalogError(
    code,
    `${what} must be whole and in range min=${min} max=${max} value=${value}`,
  );
}

/** @throws {CatalogError} `code` unless `text` is 1 to `maxLength` printable ASCII characters without spaces */
export function checkName(
  what: string,
  text: string,
  maxLength: number,
  code: CatalogErrorCode = "invalid-argument",
): void {
  if (text.length <= maxLength && /^[\x21-\x7e]+$/.test(text)) return;
  throw new CatalogError(
    code,
    `${what} must be 1 to ${maxLength} printable ASCII characters without spaces ` +
      `text=${JSON.stringify(text.slice(0, maxLength))} length=${text.length}`,
  );
}

/** @throws {CatalogError} `invalid-argument` when a number is there twice */
export function checkDistinct(what: string, values: readonly number[]): void {
  const seen = new Set<number>();
  for (const value of values) {
    if (seen.has(value)) {
      throw new CatalogError("invalid-argument", `${what} must not repeat value=${value}`);
    }
    seen.add(value);
  }
}
