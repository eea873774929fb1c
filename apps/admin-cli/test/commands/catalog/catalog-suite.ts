import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { temporaryFolder } from "@foretile/testkit";
import { describe, expect, test } from "vitest";

import { FIRST_START, keyAt, makeCatalogStore } from "../../support/catalog-store.ts";
import { jsonLines, runForetile, type RunOptions } from "../../support/run-foretile.ts";

const HOUR_MS = 3_600_000;

/** A store, its catalog, and the program to be run on both. */
interface Place extends AsyncDisposable {
  readonly url: string;
  readonly catalogUrl: string;
  readonly run: (
    argv: readonly string[],
    options?: RunOptions,
  ) => Promise<{ readonly exitCode: number; readonly lines: Record<string, unknown>[] }>;
}

function at(hours: number): number {
  return FIRST_START * 1000 + hours * HOUR_MS;
}

/** What every catalog does with the commands, whichever place it is in. */
export function catalogCommandSuite(
  name: string,
  newCatalogUrl: () => Promise<string>,
  newStoreUrl?: () => Promise<string>,
): void {
  async function makePlace(minutes: readonly number[]): Promise<Place> {
    const folder = await temporaryFolder();
    const url = (await newStoreUrl?.()) ?? `lmdb:${join(folder.path, "store")}`;
    const catalogUrl = await newCatalogUrl();
    await makeCatalogStore(url, catalogUrl, minutes);
    const env = { FORETILE_STORE: url, FORETILE_CATALOG: catalogUrl };
    return {
      url,
      catalogUrl,
      run: async (argv, options) => {
        const { exitCode, output, errors } = await runForetile([...argv, "--json"], {
          env,
          ...options,
        });
        if (errors !== "") throw new Error(errors);
        return { exitCode, lines: jsonLines(output) };
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  }

  describe.each([[name]])("%s", () => {
    test("thinned requests are told first, can be taken back, and are freed for good", async () => {
      // 12:00, 12:02 and 12:05 share a bucket; 12:12 is alone.
      await using place = await makePlace([0, 2, 5, 12]);
      const { run } = place;
      const env = { FORETILE_STORE: place.url, FORETILE_CATALOG: place.catalogUrl };
      const later = { nowMs: at(3), env };
      expect((await run(["catalog", "taper"], later)).lines).toEqual([
        { label: "tiny", dry_run: true, thinned_requests: 2 },
      ]);
      expect((await run(["catalog", "requests", "--deleted"])).lines).toEqual([]);
      expect((await run(["catalog", "taper", "--yes"], later)).lines).toEqual([
        { label: "tiny", dry_run: false, thinned_requests: 2 },
      ]);
      const deleted = (await run(["catalog", "requests", "--deleted"])).lines;
      expect(deleted.map(({ key }) => key)).toEqual([keyAt(5), keyAt(2)]);

      // A day has not passed: nothing can be freed, everything be taken back.
      expect((await run(["catalog", "free"], later)).lines).toMatchObject([{ requests: 0 }]);
      expect((await run(["catalog", "undelete", keyAt(2)])).lines).toEqual([
        { key: keyAt(2), restored_answers: 2 },
      ]);
      const nextDay = { nowMs: at(28), env };
      const plan = (await run(["catalog", "free"], nextDay)).lines;
      expect(plan).toMatchObject([
        { type: "request", key: keyAt(5), status: "would be deleted" },
        { type: "summary", dry_run: true, requests: 1 },
      ]);
      expect(plan[1]?.["stored_bytes"]).toBeGreaterThan(0);
      expect((await run(["request", "list"])).lines).toHaveLength(4);
      expect((await run(["catalog", "free", "--yes"], nextDay)).lines).toMatchObject([
        { key: keyAt(5), status: "deleted", stored_bytes: plan[1]?.["stored_bytes"] },
        { type: "summary", dry_run: false, requests: 1 },
      ]);
      const left = (await run(["request", "list"])).lines;
      expect(left.map(({ key }) => key)).toEqual([keyAt(0), keyAt(2), keyAt(12)]);
      expect((await run(["catalog", "free", "--yes"], nextDay)).lines).toMatchObject([
        { requests: 0 },
      ]);
      const refused = await runForetile(["catalog", "undelete", keyAt(5), "--json"], { env });
      expect(refused.exitCode).toBe(5);
      expect(refused.errors).toContain("not-restorable");
    });

    test("what is older than its label keeps it goes, scores after twice the time", async () => {
      await using place = await makePlace([0, 60 * 24]);
      const env = { FORETILE_STORE: place.url, FORETILE_CATALOG: place.catalogUrl };
      const { run } = place;
      const options = { nowMs: at(24 * 2 + 2), env };
      for (const [argv, dryRun] of [
        [["catalog", "retain"], true],
        [["catalog", "retain", "--yes"], false],
      ] as const) {
        expect((await run(argv, options)).lines).toEqual([
          { label: "tiny", dry_run: dryRun, deleted_requests: 2, dropped_scores: 2 },
        ]);
      }
      expect((await run(["catalog", "retain", "--yes"], options)).lines).toEqual([
        { label: "tiny", dry_run: false, deleted_requests: 0, dropped_scores: 0 },
      ]);
      const shown = (await run(["catalog", "show", keyAt(0)])).lines;
      expect(shown).toMatchObject([
        { answers: [{ deleted: { reason: "light mode" }, prompt_score: null }, {}] },
      ]);
      const scores = (await run(["catalog", "scores"])).lines;
      expect(scores.map(({ key, miner_id }) => [key, miner_id])).toEqual([
        [keyAt(60 * 24), 1],
        [keyAt(60 * 24), 2],
      ]);
    });

    test("a catalog is made once, and miners are registered from a file", async () => {
      await using place = await makePlace([]);
      await using folder = await temporaryFolder();
      const file = join(folder.path, "miners.json");
      await writeFile(file, JSON.stringify([{ uid: 2, coldkey: "cold9", hotkey: "hot9" }]));
      expect((await place.run(["catalog", "init"])).lines).toEqual([{ miners: 2 }]);
      const miners = (await place.run(["catalog", "miners", "--register", file])).lines;
      expect(miners).toMatchObject([
        { id: 1, uid: 1, hotkey: "hot1" },
        { id: 3, uid: 2, hotkey: "hot9" },
      ]);
    });
  });
}
