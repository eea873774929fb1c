import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import {
  createLibrary,
  frame,
  openLibrary,
  type CreateLibraryOptions,
  type Library,
  type ListedVersion,
} from "../../src/index.ts";

export interface OpenedCopy {
  readonly store: Store;
  readonly library: Library;
}

/** A library of its own clock and ids, so that nothing is the same by accident. */
export async function newLibrary(
  seed: number,
  options: Partial<CreateLibraryOptions> = {},
): Promise<OpenedCopy> {
  const store = openMemoryStore();
  const library = await createLibrary({ store, probe: false, ...ownParts(seed), ...options });
  return { store, library };
}

/** Opens the library of a store once more. */
export function openAgain(
  store: Pick<Store, "blobs" | "refs">,
  seed: number,
  readOnly = false,
): Promise<Library> {
  return openLibrary({ store, probe: false, readOnly, ...ownParts(seed) });
}

function ownParts(seed: number) {
  const clock = createInstantClock({ startMs: 1_500_000_000_000 + seed * 86_400_000 });
  return { clock, random: createSeededRandom(seed) };
}

/** So many rows from a number on. */
export function rowsFrom(start: number, count = 3) {
  return frame({ columns: { x: Float64Array.from({ length: count }, (_, row) => start + row) } });
}

/** Two symbols of several versions that share segments, in all the ways that versions are made. */
export async function fill(library: Library): Promise<void> {
  await library.write("frame", rowsFrom(0), { user: "ann", message: "first", metadata: { n: 1 } });
  await library.append("frame", rowsFrom(3));
  await library.append("frame", rowsFrom(6));
  await library.writeMetadata("frame", { n: 2 });
  await library.write("frame", rowsFrom(50), { user: "bob" });
  await library.restoreVersion("frame", 2, { message: "back" });
  await library.write("value", [1, 2n ** 60n, "text"]);
  await library.write("value", null);
}

/** Makes a version of a list of texts, one segment a text; those of the version before are shared. */
export async function writeParts(
  library: Library,
  symbol: string,
  parts: readonly string[],
): Promise<void> {
  await using transaction = await library.begin(symbol);
  const before = (await transaction.base())?.manifest;
  const names = (before?.body ?? []) as readonly string[];
  const segments = await Promise.all(
    parts.map(async (part) => {
      const bytes = new TextEncoder().encode(part);
      const hash = new Uint8Array(16).fill(bytes[0] ?? 0);
      return before?.segments[names.indexOf(part)] ?? transaction.putSegment(bytes, hash);
    }),
  );
  await transaction.commit(() => ({
    manifest: { handler: "parts", body: parts, segments },
    identity: new TextEncoder().encode(parts.join()),
    rawBytes: 1,
  }));
}

/** What is told of each version of a symbol, oldest first, without where it lies. */
export async function historyOf(library: Library, symbol: string): Promise<readonly unknown[]> {
  const versions: ListedVersion[] = [];
  for await (const batch of library.listVersions(symbol)) versions.push(...batch);
  return Promise.all(
    versions
      .toReversed()
      .map(async ({ document: _document, replacedAtMs: _replaced, ...facts }) => {
        if (facts.deleted) return facts;
        const { value, metadata } = await library.read(symbol, { asOf: facts.version });
        return { ...facts, value, metadata };
      }),
  );
}

/** The segments of a store, by what is in them. */
export async function segmentsIn({ blobs }: Store): Promise<readonly string[]> {
  const segments: string[] = [];
  for await (const batch of blobs.list({ gte: "s/", lt: "s/~" })) {
    for (const { key } of batch) {
      segments.push(Buffer.from((await blobs.get(key)) ?? []).toString("base64"));
    }
  }
  return segments.toSorted();
}
