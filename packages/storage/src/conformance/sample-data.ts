import { toKey, type Key } from "../key.ts";

/** UTF-8. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

/** Bytes without a pattern that a wrong offset could hide in: a linear congruential generator (Numerical Recipes). */
export function patternBytes(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** Keys whose order goes wrong when lengths, locales or numbers are compared; in their right order. */
export const trickyKeys: readonly Key[] = [
  "!",
  "!!",
  "!~",
  "-1",
  "0",
  "1",
  "10",
  "2",
  "A",
  "Z",
  "_",
  "a",
  "a!",
  "a#1",
  "a#10",
  "a#2",
  "a%2F",
  "a/b",
  "a/b/c",
  "aA",
  "aa",
  "a~",
  "b",
  "null",
  "true",
  "~",
  "~~",
].map((text) => toKey(text));

/** `count` keys in order: the prefix and a number of four digits. */
export function numberedKeys(prefix: string, count: number): readonly Key[] {
  return Array.from({ length: count }, (_, index) =>
    toKey(`${prefix}${String(index).padStart(4, "0")}`),
  );
}

/** Runs `work` for all items, at most 64 at a time. */
export async function forAll<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += 64) {
    await Promise.all(items.slice(start, start + 64).map(work));
  }
}
