import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { Key } from "@foretile/storage";
import { Transaction } from "../src/commit/transaction.ts";
import type { LibraryContext } from "../src/library/library-context.ts";
import type { AsOf } from "../src/version/as-of.ts";
import { listVersions, type ListVersionsOptions } from "../src/version/list-versions.ts";
import { resolveVersion } from "../src/version/resolve-version.ts";
import { textContent } from "./open-test-library.ts";

/** Commits a text, also when it is the newest version's already. @returns the version's number */
export async function commitText(
  context: LibraryContext,
  symbol: string,
  text: string,
  metadata: DocumentValue = null,
): Promise<number> {
  await using transaction = await Transaction.begin(context, symbol);
  const { version } = await transaction.commit(() => ({ ...textContent(text), metadata }));
  return version;
}

/** Commits the texts one after another. */
export async function commitTexts(
  context: LibraryContext,
  symbol: string,
  texts: Iterable<string>,
): Promise<void> {
  for (const text of texts) await commitText(context, symbol, text);
}

/** The text of a version, or the code of the error that reading it gives. */
export async function textAt(
  context: LibraryContext,
  symbol: string,
  asOf?: AsOf,
): Promise<unknown> {
  try {
    return (await resolveVersion(context, symbol, { asOf })).manifest.body;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** All items of all batches. */
export async function itemsOf<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}

/** Numbers of the listed versions, newest first. */
export async function listedNumbers(
  context: LibraryContext,
  symbol: string,
  options: ListVersionsOptions = {},
): Promise<number[]> {
  return (await itemsOf(listVersions(context, symbol, options))).map(({ version }) => version);
}

/** Keys of all blobs in the store. */
export async function blobKeys({ blobs }: LibraryContext): Promise<Key[]> {
  return (await itemsOf(blobs.list({}))).map(({ key }) => key);
}

/** A value that has to be there. */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the value is not there");
  return value;
}
