import { beforeEach, describe, expect, test } from "vitest";
import { sealHead } from "../../src/head/head-record.ts";
import type { Head } from "../../src/head/head.ts";
import { withHead } from "../../src/head/with-head.ts";
import { VersionStoreError } from "../../src/index.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext } from "../open-test-context.ts";
import { headOf, versionEntries } from "./version-entries.ts";

let context: LibraryContext;
let version: number;

beforeEach(async () => {
  context = await openTestContext();
  version = 0;
  await publish();
});

/** Publishes a head with one more version. */
async function publish(): Promise<void> {
  version += 1;
  const head = headOf({ recent: versionEntries(version), history: [] });
  const before = await context.refs.read(headKey("s"));
  await context.refs.compareAndSet(headKey("s"), before?.token, sealHead(context, head));
}

const damage = (): VersionStoreError => new VersionStoreError("data-integrity", "a page is gone");

describe("what hangs from a head", () => {
  test("is read once when all is there", async () => {
    let reads = 0;
    const read = async (head: Head | undefined): Promise<number | undefined> => {
      reads += 1;
      return head?.lastVersion;
    };
    expect(await withHead(context, "s", read)).toBe(1);
    expect(await withHead(context, "unknown", read)).toBeUndefined();
    expect(reads).toBe(2);
  });

  test("is read again from a newer head when it vanished with the older one", async () => {
    const result = await withHead(context, "s", async (head) => {
      if (head?.lastVersion !== 3) {
        await publish();
        throw damage();
      }
      return "found";
    });
    expect(result).toBe("found");
  });

  test("is damaged when the head is still the same", async () => {
    let reads = 0;
    const read = async (): Promise<never> => {
      reads += 1;
      throw damage();
    };
    await expect(withHead(context, "s", read)).rejects.toMatchObject({ code: "data-integrity" });
    expect(reads).toBe(1);
  });

  test("is given up when every newer head leads nowhere", async () => {
    let reads = 0;
    const read = async (): Promise<never> => {
      reads += 1;
      await publish();
      throw damage();
    };
    await expect(withHead(context, "s", read)).rejects.toMatchObject({ code: "data-integrity" });
    expect(reads).toBe(4);
  });

  test("fails at once for any other reason", async () => {
    let reads = 0;
    const read = async (): Promise<never> => {
      reads += 1;
      await publish();
      throw new VersionStoreError("no-data-found", "nothing there");
    };
    await expect(withHead(context, "s", read)).rejects.toMatchObject({ code: "no-data-found" });
    expect(reads).toBe(1);
  });
});
