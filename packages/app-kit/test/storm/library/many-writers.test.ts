import { expect, test } from "vitest";

import { LibraryChecker } from "./check-library.ts";
import { newLibrary } from "./new-library.ts";
import { runWorker } from "./run-worker.ts";
import { StormLedger } from "./storm-ledger.ts";
import type { CommitLine } from "./told-lines.ts";

interface CountedLine {
  readonly did: "counted";
  /** Compare-and-sets of the whole process. */
  readonly changes: number;
}

const PROCESSES = 8;
const WRITERS = 8;
const WRITES = 100;

test("vector 116: 64 writers on symbols of their own never wait for one another", async () => {
  await using opened = await newLibrary();
  const { path, library } = opened;
  const ledger = new StormLedger();
  const processes = Array.from({ length: PROCESSES }, (_, crowd) =>
    runWorker<CommitLine | CountedLine>("crowd", {
      path,
      crowd: String(crowd),
      writers: WRITERS,
      times: WRITES,
    }),
  );
  const changes: number[] = [];
  for (const lines of await Promise.all(processes)) {
    for (const line of lines) {
      if (line.did === "counted") changes.push(line.changes);
      else ledger.hear(line);
    }
  }

  // Three for each write: of the intent, of the head, of the intent again. More would be races.
  expect(changes).toEqual(Array.from({ length: PROCESSES }, () => WRITERS * WRITES * 3));
  expect(ledger.count("committed")).toBe(PROCESSES * WRITERS * WRITES);
  expect(await new LibraryChecker(library, ledger).problems()).toEqual([]);
});
