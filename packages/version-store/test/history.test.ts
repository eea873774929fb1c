import { describe, expect, test } from "vitest";
import { openTestLibrary, readText, writeText } from "./open-test-library.ts";

const versions = 200;

describe("history", () => {
  test("keeps every version readable after the head moved them to pages", async () => {
    const { library, store } = await openTestLibrary();
    for (let version = 1; version <= versions; version += 1) {
      expect(await writeText(library, "s", `text ${version}`)).toBe(version);
    }
    for (const version of [1, 31, 32, 33, 64, 65, 128, 160, 161, versions]) {
      expect(await readText(library, "s", version)).toBe(`text ${version}`);
    }
    const listed: number[] = [];
    for await (const batch of library.listVersions("s")) {
      expect(batch.length).toBeGreaterThan(0);
      listed.push(...batch.map((entry) => entry.version));
    }
    expect(listed).toEqual(Array.from({ length: versions }, (_, index) => versions - index));
    // The head stays small however long the history is.
    const head = await store.refs.read("h/s" as never);
    expect(head?.value.length).toBeLessThan(32 * 1024);
  });

  test("gives commit times that strictly increase although the clock stands still", async () => {
    const { library } = await openTestLibrary();
    for (let version = 1; version <= 5; version += 1) await writeText(library, "s", `${version}`);
    const times: number[] = [];
    for await (const batch of library.listVersions("s")) {
      times.push(...batch.map((entry) => entry.committedAtMs));
    }
    expect(times).toEqual([...new Set(times)].sort((a, b) => b - a));
    expect(times).toHaveLength(5);
  });

  test("lists nothing for an unknown symbol", async () => {
    const { library } = await openTestLibrary();
    for await (const batch of library.listVersions("unknown")) expect(batch).toBe("nothing");
    expect.assertions(0);
  });
});
