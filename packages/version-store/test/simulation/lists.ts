import type { CommitResult, Library, Transaction, Version } from "../../src/index.ts";

/**
 * Symbols of the histories hold lists of items, one segment an item: appending shares the segments of the version
 * before, so whatever is collected too early is missed by somebody.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const hash = new Uint8Array(16);

/** Appends an item to whatever the symbol holds when the commit happens. */
export async function appendItem(transaction: Transaction, item: string) {
  const segment = await transaction.putSegment(encoder.encode(item), hash);
  return transaction.commit(async (base) => {
    const version = await base.version();
    return listContent(
      [...(version?.manifest.segments ?? []), segment],
      [...itemsOf(version), item],
    );
  });
}

/** Replaces the list by one item, and takes over the items that a look at the symbol found before. */
export async function rewriteList(transaction: Transaction, item: string) {
  const looked = await transaction.base();
  const segment = await transaction.putSegment(encoder.encode(item), hash);
  const segments = [...(looked?.manifest.segments ?? []), segment];
  return transaction.commit(() => listContent(segments, [...itemsOf(looked), item]));
}

/** Replaces the list by one item. */
export async function replaceList(transaction: Transaction, item: string): Promise<CommitResult> {
  const segment = await transaction.putSegment(encoder.encode(item), hash);
  return await transaction.commit(() => listContent([segment], [item]));
}

/** The items of a version, every segment read and compared. */
export async function readItems(library: Library, version: Version): Promise<readonly string[]> {
  const items = itemsOf(version);
  const { segments } = version.manifest;
  if (segments.length !== items.length) throw new Error("a version has another number of segments");
  for (const [index, segment] of segments.entries()) {
    const text = decoder.decode(await library.readSegment(segment));
    if (text !== items[index])
      throw new Error(`a segment is another one wanted=${items[index]} found=${text}`);
  }
  return items;
}

function listContent(segments: Version["manifest"]["segments"], items: readonly string[]) {
  return {
    manifest: { handler: "list", body: items, segments },
    identity: encoder.encode(items.join()),
    rawBytes: items.length,
  };
}

function itemsOf(version: Version | undefined): readonly string[] {
  return (version?.manifest.body ?? []) as readonly string[];
}
