import type { Store } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { createLibrary, type CreateLibraryOptions, type Library } from "@foretile/version-store";
import { described } from "./described.ts";
import { prices } from "./frames.ts";
import { emptyLedger, enter, type ExpectedLibrary } from "./ledger.ts";
import { writeRequests } from "./write-requests.ts";
import { writeArraysAndValues, writeFrames } from "./write-typed-values.ts";

/** Every preset, and a combination that cuts rows into many small segments. */
export const COMPOSITIONS: Readonly<
  Record<string, NonNullable<CreateLibraryOptions["composition"]>>
> = {
  general: { preset: "general" },
  ensembles: { preset: "ensembles" },
  archive: { preset: "archive" },
  plain: { preset: "plain" },
  small: { custom: { targetBytes: 16 * 1024, codecs: ["delta", "shuffle", "zstd"] } },
};

/** When the stores were written; whoever opens them lives a little later. */
export const WRITTEN_AT_MS = 1_512_561_600_000;

/** Writes a store with everything that a library can hold, the same one every time. */
export async function writeStore(
  name: string,
): Promise<{ readonly store: Store; readonly expected: ExpectedLibrary }> {
  const store = openMemoryStore();
  const library = await createLibrary({
    store,
    clock: createInstantClock({ startMs: WRITTEN_AT_MS }),
    random: createSeededRandom(7),
    composition: COMPOSITIONS[name],
  });
  const expected = emptyLedger();
  await writeArraysAndValues(library, expected);
  if (library.config.composition.handlers.includes("frame")) await writeFrames(library, expected);
  await writeRequests(library, expected);
  await writeSnapshots(library, expected);
  return { store, expected };
}

/** A snapshot that is there, whose symbol went on, and one that was deleted. */
async function writeSnapshots(library: Library, expected: ExpectedLibrary): Promise<void> {
  const metadata = { approved: true };
  await library.snapshot("release", { prefix: "arrays/", versions: { "arrays/cut": 2 }, metadata });
  expected.snapshots["release"] = {
    metadata: described(metadata),
    pins: { "arrays/counts": 1, "arrays/cut": 2, "arrays/none": 1 },
  };
  const symbol = "arrays/none";
  enter(expected, symbol, await library.write(symbol, prices(0, 3)), prices(0, 3), {
    operation: "write",
  });
  await library.snapshot("dropped");
  await library.deleteSnapshot("dropped");
}
