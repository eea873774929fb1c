import { isTraceStoreError, type TraceStoreErrorCode } from "../trace-store-error.ts";

/** @throws {Error} when `holds` is false; `promise` says what was promised */
export function assert(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(promise);
}

/** Compares what both look like as text: for numbers, texts, and arrays and plain objects of them. */
export function assertEqual(actual: unknown, expected: unknown, promise: string): void {
  const [actualText, expectedText] = [show(actual), show(expected)];
  if (actualText === expectedText) return;
  throw new Error(`${promise}: expected ${expectedText}, got ${actualText}`);
}

/** The call must reject with one of `codes`. */
export async function assertRejects(
  promise: string,
  call: () => Promise<unknown>,
  ...codes: readonly TraceStoreErrorCode[]
): Promise<Error> {
  try {
    await call();
  } catch (error) {
    if (isTraceStoreError(error, ...codes)) return error;
    const wanted = codes.join(" or ");
    throw new Error(`${promise}: expected ${wanted}, got ${String(error)}`, { cause: error });
  }
  throw new Error(`${promise}: expected ${codes.join(" or ")}, but it resolved`);
}

/** Everything that an iteration gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) => {
      if (part instanceof Map) return [...part];
      if (ArrayBuffer.isView(part)) return [...(part as Uint8Array)];
      // JSON has no words for these.
      return typeof part === "number" && (!Number.isFinite(part) || Object.is(part, -0))
        ? `number ${Object.is(part, -0) ? "-0" : part}`
        : part;
    }) ?? "undefined"
  );
}
