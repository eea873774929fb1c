import { openMemoryStore } from "@foretile/storage/memory";
import { createLibrary, openLibrary, PRESETS } from "@foretile/version-store";
import type { Log } from "./tour.ts";

/** A library of one's own making, opened again for reading only. */
export async function chooseComposition(log: Log): Promise<void> {
  await using store = openMemoryStore();
  const library = await createLibrary({
    store,
    composition: {
      custom: { targetBytes: 512 * 1024, codecs: ["delta", "shuffle", "zstd"] },
    },
    times: { graceMs: 3_600_000 },
    quotaBytes: 10 * 1024 ** 3,
  });
  log(Object.keys(PRESETS), library.config.composition.codecs);

  const readers = await openLibrary({ store, readOnly: true });
  log(readers.config.id === library.config.id);
}
