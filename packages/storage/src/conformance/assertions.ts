import { equalBytes } from "../equal-bytes.ts";
import { isStorageError, type StorageErrorCode } from "../storage-error.ts";

/** @throws {Error} when `holds` is false; `promise` says what was promised */
export function assert(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(promise);
}

/** Compares by JSON text: for strings, numbers, booleans, and arrays and plain objects of them. */
export function assertEqual(actual: unknown, expected: unknown, promise: string): void {
  const actualText = show(actual);
  const expectedText = show(expected);
  if (actualText !== expectedText) {
    throw new Error(`${promise}: expected ${expectedText}, got ${actualText}`);
  }
}

export function assertBytes(
  actual: Uint8Array | undefined,
  expected: Uint8Array,
  promise: string,
): void {
  assert(actual !== undefined, `${promise}: expected ${expected.byteLength} bytes, got undefined`);
  assert(actual instanceof Uint8Array, `${promise}: expected a Uint8Array`);
  assert(
    equalBytes(actual, expected),
    `${promise}: expected ${showBytes(expected)}, got ${showBytes(actual)}`,
  );
}

/** The call must return a promise that rejects with one of `codes`; throwing at once is a failure too. */
export async function assertRejects(
  promise: string,
  call: () => Promise<unknown>,
  ...codes: readonly StorageErrorCode[]
): Promise<void> {
  let pending: Promise<unknown>;
  try {
    pending = call();
  } catch (error) {
    throw new Error(`${promise}: threw instead of rejecting`, { cause: error });
  }
  try {
    await pending;
  } catch (error) {
    if (isStorageError(error, ...codes)) return;
    throw new Error(`${promise}: expected ${codes.join(" or ")}, got ${String(error)}`, {
      cause: error,
    });
  }
  throw new Error(`${promise}: expected ${codes.join(" or ")}, but it resolved`);
}

/** The same for a listing: making it must not throw, its first batch must reject. */
export async function assertListingRejects(
  promise: string,
  list: () => AsyncIterable<unknown>,
  ...codes: readonly StorageErrorCode[]
): Promise<void> {
  let listing: AsyncIterable<unknown>;
  try {
    listing = list();
  } catch (error) {
    throw new Error(`${promise}: threw instead of rejecting`, { cause: error });
  }
  await assertRejects(promise, () => listing[Symbol.asyncIterator]().next(), ...codes);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}

function showBytes(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, 16).toString();
  return `${bytes.byteLength} bytes [${shown}${bytes.byteLength > 16 ? ",…" : ""}]`;
}
