import { beforeEach, describe, expect, test } from "vitest";
import { sealHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import type { AsOf } from "../../src/version/as-of.ts";
import { resolveEntry } from "../../src/version/resolve-version.ts";
import { openTestContext, START_MS } from "../open-test-context.ts";
import { headOf, idAt, versionEntry } from "../head/version-entries.ts";

let context: LibraryContext;

beforeEach(async () => {
  context = await openTestContext();
});

const at = (seconds: number): { timestamp: number } => ({ timestamp: START_MS + seconds * 1000 });

/** Publishes a head whose version n was committed n seconds after the start. */
async function publish(entries: Head["recent"]): Promise<void> {
  const head = headOf({ recent: entries, history: [] });
  await context.refs.compareAndSet(headKey("s"), undefined, sealHead(context, head));
}

async function versionAt(asOf: AsOf | undefined): Promise<number | string> {
  try {
    return (await resolveEntry(context, "s", { asOf })).version;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("as of", () => {
  test("numbers, times and commits, the version is found that was the newest", async () => {
    await publish([versionEntry(1), versionEntry(2), versionEntry(3)]);
    expect(await versionAt(undefined)).toBe(3);
    expect(await versionAt(2)).toBe(2);
    expect(await versionAt(4)).toBe("no-data-found");
    expect(await versionAt(-1)).toBe(3);
    expect(await versionAt(-3)).toBe(1);
    expect(await versionAt(-4)).toBe("no-data-found");
    expect(await versionAt(at(0.999))).toBe("no-data-found");
    expect(await versionAt(at(1))).toBe(1);
    expect(await versionAt(at(2.999))).toBe(2);
    expect(await versionAt(at(1000))).toBe(3);
    expect(await versionAt(new Date(at(2).timestamp))).toBe(2);
    expect(await versionAt({ commitId: versionEntry(2).commitId })).toBe(2);
    expect(await versionAt({ commitId: idAt(START_MS, 9) })).toBe("no-data-found");
    expect(await versionAt(0)).toBe("invalid-argument");
  });

  test("a time at which the symbol was deleted there is nothing, before and after there is", async () => {
    await publish([versionEntry(1), versionEntry(2, { operation: "delete" }), versionEntry(3)]);
    expect(await versionAt(at(1.5))).toBe(1);
    expect(await versionAt(at(2))).toBe("no-data-found");
    expect(await versionAt(at(2.5))).toBe("no-data-found");
    expect(await versionAt(at(3))).toBe(3);
    expect(await versionAt(2)).toBe("no-data-found");
    // A deletion counts as a version.
    expect(await versionAt(-2)).toBe("no-data-found");
    expect(await versionAt(-3)).toBe(1);
  });

  test("anything, there is no newest version of a deleted symbol", async () => {
    await publish([versionEntry(1), versionEntry(2, { operation: "delete" })]);
    expect(await versionAt(undefined)).toBe("no-data-found");
    expect(await versionAt(-1)).toBe("no-data-found");
    expect(await versionAt(at(1000))).toBe("no-data-found");
    expect(await versionAt(1)).toBe(1);
    const error = await resolveEntry(context, "s").catch((e: unknown) => e);
    expect(error).toMatchObject({ message: expect.stringContaining("deleted") as string });
  });

  test("a time whose newest version was removed, an older one is not taken for it", async () => {
    await publish([
      versionEntry(1, { replacedAtMs: at(2).timestamp }),
      versionEntry(4, { replacedAtMs: at(5).timestamp }),
      versionEntry(7),
    ]);
    expect(await versionAt(at(1.999))).toBe(1);
    expect(await versionAt(at(2))).toBe("no-data-found");
    expect(await versionAt(at(3.999))).toBe("no-data-found");
    expect(await versionAt(at(4))).toBe(4);
    expect(await versionAt(at(5))).toBe("no-data-found");
    expect(await versionAt(at(7))).toBe(7);
    // By number, what is there is there.
    expect(await versionAt(1)).toBe(1);
    expect(await versionAt(-2)).toBe(4);
  });

  test("a symbol that never was, or whose name cannot be, there is nothing", async () => {
    expect(await versionAt(undefined)).toBe("no-data-found");
    await expect(resolveEntry(context, "")).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("a snapshot that is not there", async () => {
    await publish([versionEntry(1)]);
    expect(await versionAt("monday")).toBe("no-such-snapshot");
    expect(await versionAt({ snapshot: "1" })).toBe("no-such-snapshot");
  });
});
