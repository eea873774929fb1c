/** @throws {Error} when `holds` is false; `promise` says what was promised */
export function assert(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(promise);
}

/** Compares by JSON text, members in order of their names; `undefined` counts as absent. */
export function assertEqual(actual: unknown, expected: unknown, promise: string): void {
  const [actualText, expectedText] = [show(actual), show(expected)];
  if (actualText !== expectedText) {
    throw new Error(`${promise}: expected ${expectedText}, got ${actualText}`);
  }
}

/** The call must return a promise that rejects with one of `codes`; throwing at once is a failure too. */
export async function assertRejects(
  promise: string,
  call: () => Promise<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  let pending: Promise<unknown>;
  try {
    pending = call();
  } catch (error) {
    throw new Error(`${promise}: threw instead of rejecting`, { cause: error });
  }
  let result: unknown;
  try {
    result = await pending;
  } catch (error) {
    if (codes.includes(codeOf(error))) return;
    throw new Error(`${promise}: expected ${codes.join(" or ")}, got ${String(error)}`, {
      cause: error,
    });
  }
  throw new Error(
    `${promise}: expected ${codes.join(" or ")}, but it resolved with ${show(result)}`,
  );
}

/** The same for a listing: making it must not throw, its first batch must reject. */
export function assertListingRejects(
  promise: string,
  list: () => AsyncIterable<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  const listing = list();
  return assertRejects(promise, () => listing[Symbol.asyncIterator]().next(), ...codes);
}

/** `ok`, or the code of the error, of each status. */
export function showStatuses(
  statuses: readonly ({ readonly ok: true } | { readonly ok: false; readonly error: Error })[],
): readonly string[] {
  return statuses.map((status) => (status.ok ? "ok" : codeOf(status.error)));
}

/** Every entry of a listing, and the promise about batches: none is empty, none is larger than asked for. */
export async function collect<T>(
  listing: AsyncIterable<readonly T[]>,
  batchSize: number = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const batch of listing) {
    assert(batch.length > 0, "a batch is never empty");
    assert(
      batch.length <= batchSize,
      `a batch has at most batchSize entries: asked for ${batchSize}, got ${batch.length}`,
    );
    all.push(...batch);
  }
  return all;
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function show(value: unknown): string {
  return JSON.stringify(value, sortMembers) ?? "undefined";
}

function sortMembers(_name: string, value: unknown): unknown {
  if (value instanceof Float64Array) return Array.from(value, String);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
