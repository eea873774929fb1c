import { createRowCatalog, type Catalog } from "@foretile/catalog";
import { createIdSource } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom, temporaryFolder } from "@foretile/testkit";
import { RequestSaver, type SpillJournal } from "../../src/saving/index.ts";
import { openTestStore, type TestStore } from "../store/open-test-store.ts";
import { openJournal } from "./open-journal.ts";

/** A saver on memory, whose store and catalog can be taken away. */
export interface TestSaver extends TestStore, AsyncDisposable {
  readonly saver: RequestSaver;
  readonly catalog: Catalog;
  readonly journal: SpillJournal;
  readonly folder: string;
  /** What is away at the moment. */
  readonly away: { store: boolean; catalog: boolean };
}

function gone(): StorageError {
  return new StorageError("unavailable", "away", { retry: "safe" });
}

export async function openTestSaver(maxBytes?: number): Promise<TestSaver> {
  const folder = await temporaryFolder();
  const away = { store: false, catalog: false };
  const test = await openTestStore({
    blobs: (blobs) => ({
      ...blobs,
      putNew: async (...args) => {
        if (away.store) throw gone();
        return blobs.putNew(...args);
      },
    }),
  });
  const clock = createInstantClock({ startMs: 1_512_561_600_000 });
  const inner = await createRowCatalog({
    rows: openMemoryStore().table("catalog"),
    clock,
    ids: createIdSource(clock, createSeededRandom(2)),
  });
  await inner.registerMiners(
    [1, 2, 3].map((uid) => ({ uid, coldkey: `cold${uid}`, hotkey: `hot${uid}` })),
  );
  const catalog: Catalog = {
    ...inner,
    saveRequest: async (...args) => {
      if (away.catalog) throw gone();
      return inner.saveRequest(...args);
    },
  };
  const journal = await openJournal(folder.path, maxBytes);
  const saver = new RequestSaver({ predictions: test.predictions, catalog, journal });
  return {
    ...test,
    saver,
    catalog,
    journal,
    folder: folder.path,
    away,
    [Symbol.asyncDispose]: async () => {
      await journal[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
