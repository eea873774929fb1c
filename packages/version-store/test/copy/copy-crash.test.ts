import { describe, expect, test } from "vitest";
import { dyingStore, type Death } from "../collect/dying-store.ts";
import { fill, historyOf, newLibrary, openAgain, segmentsIn } from "./copied-library.ts";

const OPTIONS = { versions: "all", snapshots: true, symbolsAtOnce: 2 } as const;

describe.each<Death>(["before", "after", "halfway"])("a copy that dies %s a call", (death) => {
  test("leaves whole versions only, and the next one goes on", async () => {
    const source = await newLibrary(1);
    await fill(source.library);
    await source.library.snapshot("all");
    const histories = {
      frame: await historyOf(source.library, "frame"),
      value: await historyOf(source.library, "value"),
    };
    let deaths = 0;
    // Not every call, but calls of every kind.
    for (let calls = 3; ; calls += 7) {
      const target = await newLibrary(2, { times: { graceMs: 0 } });
      const dying = await openAgain(dyingStore(target.store, calls, death), 3);
      const [end] = await Promise.allSettled([dying.copyFrom(source.library, OPTIONS)]);
      const library = await openAgain(target.store, 4);
      for (const [symbol, history] of Object.entries(histories)) {
        const copied = await historyOf(library, symbol);
        expect(unpinned(copied)).toEqual(unpinned(history).slice(0, copied.length));
      }
      expect((await library.fsck({ level: 2 })).counts.error).toBe(0);
      const report = await library.copyFrom(source.library, { versions: "all", verify: true });
      expect(report).toMatchObject({ problemCount: 0, versions: { verified: 8 } });
      // A day later what died is given up, also a snapshot that was being made, and only the copy is left.
      const later = await openAgain(target.store, 9);
      await later.collect({ force: true });
      expect(await later.copyFrom(source.library, OPTIONS)).toMatchObject({ problemCount: 0 });
      for (const [symbol, history] of Object.entries(histories)) {
        expect(await historyOf(library, symbol)).toEqual(history);
      }
      expect(await segmentsIn(target.store)).toEqual(await segmentsIn(source.store));
      expect(await later.fsck({ level: 2 })).toMatchObject({ findings: [] });
      if (end.status === "fulfilled") break;
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(10);
  });
});

/** A history before its snapshot was made. */
function unpinned(history: readonly unknown[]): readonly unknown[] {
  return history.map((version) => ({ ...(version as object), snapshots: [] }));
}
