import { StorageError, type RefStore, type Store } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import {
  openLibrary,
  segmentOwnerKey,
  type CommitBase,
  type Version,
  type VersionContent,
} from "../src/index.ts";
import {
  allBlobs,
  openTestLibrary,
  readText,
  refKeys,
  textContent,
  writeText,
} from "./open-test-library.ts";

const bytes = new TextEncoder().encode("segment");
const hash = new Uint8Array(16).fill(7);

describe("transaction", () => {
  test("makes everything visible with its commit and nothing before", async () => {
    const { library } = await openTestLibrary();
    await using transaction = await library.begin("s");
    const segment = await transaction.putSegment(bytes, hash);
    await expect(library.resolve("s")).rejects.toMatchObject({ code: "no-data-found" });
    const result = await transaction.commit(() => ({
      manifest: { handler: "h", body: { a: 1 }, segments: [segment] },
      identity: bytes,
      rawBytes: 70,
    }));
    expect(result).toMatchObject({ version: 1, changed: true, storedBytes: bytes.length });
    const version = await library.resolve("s");
    expect(version).toMatchObject({ version: 1, rawBytes: 70, storedBytes: bytes.length });
    expect(version.manifest).toEqual({ handler: "h", body: { a: 1 }, segments: [segment] });
    expect(await library.readSegment(segment)).toEqual(bytes);
    expect(await library.readSegment(segment, { range: { offset: 1, length: 2 } })).toEqual(
      bytes.subarray(1, 3),
    );
  });

  test("numbers versions from 1 and keeps all of them", async () => {
    const { library } = await openTestLibrary();
    for (const [index, text] of ["a", "b", "a"].entries()) {
      expect(await writeText(library, "s", text)).toBe(index + 1);
    }
    expect(await readText(library, "s")).toBe("a");
    expect(await readText(library, "s", 2)).toBe("b");
  });

  test("publishes nothing when the content is the newest version's already", async () => {
    const { library, store } = await openTestLibrary();
    await writeText(library, "s", "a");
    const before = await allBlobs(store);
    await using transaction = await library.begin("s");
    await transaction.putSegment(bytes, hash);
    const commit = transaction.commit(() => textContent("a"), { skipUnchanged: true });
    expect(await commit).toMatchObject({ version: 1, changed: false });
    expect(await allBlobs(store)).toEqual(before);
  });

  test("leaves neither blobs nor an intent behind when it is abandoned or disposed", async () => {
    const { library, store } = await openTestLibrary();
    const before = await refKeys(store);
    {
      await using transaction = await library.begin("s");
      await transaction.putSegment(bytes, hash);
      expect(await refKeys(store)).toContain(`i/${transaction.id}`);
    }
    expect((await allBlobs(store)).size).toBe(0);
    expect(await refKeys(store)).toEqual(before);
  });

  test("deletes the segments that its version does not name", async () => {
    const { library, store } = await openTestLibrary();
    await using transaction = await library.begin("s");
    const unused = await transaction.putSegment(bytes, hash);
    const used = await transaction.putSegment(bytes, hash);
    await transaction.commit(() => ({
      manifest: { handler: "h", body: 0, segments: [used] },
      identity: bytes,
      rawBytes: 0,
    }));
    expect(await library.readSegment(used)).toEqual(bytes);
    await expect(library.readSegment(unused)).rejects.toMatchObject({ code: "data-integrity" });
    expect(await refKeys(store)).toEqual(["config", "h/s"]);
  });

  test("is closed by its commit", async () => {
    const { library } = await openTestLibrary();
    await using transaction = await library.begin("s");
    await transaction.commit(() => textContent("a"));
    const closed = { code: "transaction-closed" };
    await expect(transaction.commit(() => textContent("b"))).rejects.toMatchObject(closed);
    await expect(transaction.putSegment(bytes, hash)).rejects.toMatchObject(closed);
  });

  test("keeps what a commit under way publishes when it is abandoned meanwhile", async () => {
    const { library } = await openTestLibrary();
    const transaction = await library.begin("s");
    const segment = await transaction.putSegment(bytes, hash);
    const commit = transaction.commit(() => ({
      manifest: { handler: "h", body: 0, segments: [segment] },
      identity: bytes,
      rawBytes: 0,
    }));
    await expect(transaction.commit(() => textContent("another"))).rejects.toMatchObject({
      code: "transaction-closed",
    });
    await transaction.abandon();
    await expect(transaction.putSegment(bytes, hash)).rejects.toMatchObject({
      code: "transaction-closed",
    });
    expect(await commit).toMatchObject({ version: 1 });
    expect(await library.readSegment(segment)).toEqual(bytes);
  });

  test("builds again on what others published first, so that nothing is lost", async () => {
    const { library } = await openTestLibrary();
    const writers = Array.from({ length: 8 }, async (_, index) => {
      await using transaction = await library.begin("set");
      return await transaction.commit(async (base) => {
        const members = new Set(
          textOf(await base.version())
            .split(",")
            .filter(Boolean),
        );
        return textContent([...members.add(`${index}`)].toSorted(inOrder).join(","));
      });
    });
    const results = await Promise.all(writers);
    const versions = new Set(results.map(({ version }) => version));
    expect(versions).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(await readText(library, "set")).toBe("0,1,2,3,4,5,6,7");
  });

  test("ends in one version when many publish the same at once", async () => {
    const { library, store } = await openTestLibrary();
    const results = await Promise.all(
      Array.from({ length: 8 }, async () => {
        await using transaction = await library.begin("s");
        return await transaction.commit(() => textContent("same"), { skipUnchanged: true });
      }),
    );
    expect(results.map(({ version }) => version)).toEqual(Array(8).fill(1));
    expect(results.filter(({ changed }) => changed)).toHaveLength(1);
    expect((await allBlobs(store)).size).toBe(1);
  });

  test("gives up after too many lost races, cleanly, and says it may be repeated", async () => {
    const { library, store } = await openTestLibrary();
    const rival = await openLibrary({ store });
    const before = await refKeys(store);
    let round = 0;
    await using transaction = await library.begin("s");
    const commit = transaction.commit(async () => {
      round += 1;
      await writeText(rival, "s", `rival ${round}`);
      return textContent("mine");
    });
    await expect(commit).rejects.toMatchObject({ code: "concurrent-modification", retry: "safe" });
    expect(transaction.isOpen).toBe(true);
    await transaction.abandon();
    expect(await refKeys(store)).toEqual([...before, "h/s"]);
    expect(await readText(library, "s")).toBe(`rival ${round}`);
  });
});

describe("a commit that failed", () => {
  test("may be repeated, with its segments, on whatever others published meanwhile", async () => {
    const { library, store } = await openTestLibrary();
    const rival = await openLibrary({ store });
    await using transaction = await library.begin("s");
    const segment = await transaction.putSegment(bytes, hash);
    const build = async (base: CommitBase): Promise<VersionContent> => {
      const text = textOf(await base.version());
      return {
        ...textContent(`${text}+mine`),
        manifest: { handler: "h", body: `${text}+mine`, segments: [segment] },
      };
    };
    const failed = transaction.commit(async (base) => {
      await writeText(rival, "s", "rival");
      if (base.newest !== undefined) throw new Error("cannot build");
      return build(base);
    });
    await expect(failed).rejects.toThrow("cannot build");
    expect(transaction.isOpen).toBe(true);
    expect(await transaction.commit(build)).toMatchObject({ version: 2, changed: true });
    expect(transaction.isOpen).toBe(false);
    expect(await readText(library, "s")).toBe("rival+mine");
    expect(await library.readSegment(segment)).toEqual(bytes);
  });
});

describe("a commit whose head could surely not be written", () => {
  test("leaves the transaction open, to be repeated or cleaned up", async () => {
    let full = false;
    const { library, store } = await openTestLibrary({
      refs: (refs) => ({
        capabilities: refs.capabilities,
        read: (key, options) => refs.read(key, options),
        list: (range, options) => refs.list(range, options),
        compareAndSet: (key, expected, next, options) =>
          full
            ? Promise.reject(new StorageError("full", "no room left"))
            : refs.compareAndSet(key, expected, next, options),
      }),
    });
    const [repeated, abandoned] = [await library.begin("s"), await library.begin("s")];
    full = true;
    for (const transaction of [repeated, abandoned]) {
      const commit = transaction.commit(() => textContent("a"));
      await expect(commit).rejects.toMatchObject({ code: "full" });
      expect(transaction.isOpen).toBe(true);
    }
    full = false;
    await abandoned.abandon();
    expect(await repeated.commit(() => textContent("a"))).toMatchObject({ version: 1 });
    expect((await allBlobs(store)).size).toBe(1);
    expect(await refKeys(store)).toEqual(["config", "h/s"]);
  });
});

describe("commit with lost replies", () => {
  test("is settled by reading back when the compare-and-set did happen", async () => {
    const faults = loseReplies({ after: 1 });
    const { library } = await openTestLibrary({ refs: faults.wrap });
    await using transaction = await library.begin("s");
    faults.arm();
    const result = await transaction.commit(() => textContent("a"));
    expect(result).toMatchObject({ version: 1, changed: true });
    expect(faults.lost).toBe(1);
    expect(await readText(library, "s")).toBe("a");
  });

  test("is sent again when the compare-and-set did not happen", async () => {
    const faults = loseReplies({ before: 1 });
    const { library } = await openTestLibrary({ refs: faults.wrap });
    await using transaction = await library.begin("s");
    faults.arm();
    expect(await transaction.commit(() => textContent("a"))).toMatchObject({ version: 1 });
    expect(faults.lost).toBe(1);
  });

  test("counts as lost when others published after a request that never arrived", async () => {
    const faults = loseReplies({ before: 1 });
    const { library, store } = await openTestLibrary({ refs: faults.wrap });
    const rival = await openLibrary({ store });
    await using transaction = await library.begin("s");
    faults.arm(() => writeText(rival, "s", "rival"));
    const result = await transaction.commit(async (base) =>
      textContent(`${textOf(await base.version())} and mine`),
    );
    expect(result).toMatchObject({ version: 2, changed: true });
    expect(await readText(library, "s")).toBe("rival and mine");
  });

  test("is found when others built on it before it was read back", async () => {
    const faults = loseReplies({ after: 1 });
    const { library, store } = await openTestLibrary({ refs: faults.wrap });
    const rival = await openLibrary({ store });
    await using transaction = await library.begin("s");
    faults.arm(() => writeText(rival, "s", "rival"));
    expect(await transaction.commit(() => textContent("mine"))).toMatchObject({ version: 1 });
    expect(await readText(library, "s", 1)).toBe("mine");
    expect(await readText(library, "s")).toBe("rival");
  });

  test("stays unknown, and deletes nothing, when the store never answers again", async () => {
    const faults = loseReplies({ after: Infinity });
    const { library, store } = await openTestLibrary({ refs: faults.wrap });
    const transaction = await library.begin("s");
    const segment = await transaction.putSegment(bytes, hash);
    faults.arm(undefined, { readsFail: true });
    const commit = transaction.commit(() => ({
      manifest: { handler: "h", body: 0, segments: [segment] },
      identity: bytes,
      rawBytes: 0,
    }));
    const error = await commit.catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "commit-outcome-unknown", retry: "unknown-outcome" });
    await transaction.abandon();
    // The commit had happened: a library that can reach the store finds it, with its segment.
    const reachable = await openLibrary({ store });
    const { details } = error as { details: { commitId: string } };
    expect(await reachable.wasCommitted("s", details.commitId)).toBe(true);
    expect(await reachable.wasCommitted("s", "another")).toBe(false);
    expect(await store.blobs.get(segmentOwnerKey(segment))).toEqual(bytes);
  });
});

/** The text of a version that `textContent` made. */
function textOf(version: Version | undefined): string {
  const body = version?.manifest.body ?? "";
  return typeof body === "string" ? body : "";
}

const inOrder = (left: string, right: string): number => left.localeCompare(right);

interface LostReplies {
  readonly wrap: (refs: RefStore) => RefStore;
  /** From now on replies of compare-and-set are lost. `meanwhile` runs once, when the first one is. */
  arm(meanwhile?: () => Promise<unknown>, options?: { readsFail: boolean }): void;
  lost: number;
}

/** Loses the replies of compare-and-set: `after` it happened, or `before` it could. */
function loseReplies(counts: { before?: number; after?: number }): LostReplies {
  let armed = false;
  let readsFail = false;
  let during: (() => Promise<unknown>) | undefined;
  const remaining = { before: counts.before ?? 0, after: counts.after ?? 0 };
  const lose = async (faults: LostReplies): Promise<never> => {
    faults.lost += 1;
    const run = during;
    during = undefined;
    await run?.();
    throw new StorageError("timeout", "reply lost", { retry: "unknown-outcome" });
  };
  const faults: LostReplies = {
    lost: 0,
    arm: (meanwhile, options) => {
      armed = true;
      during = meanwhile;
      readsFail = options?.readsFail ?? false;
    },
    wrap: (refs) => ({
      capabilities: refs.capabilities,
      read: (key, options) => {
        if (readsFail && faults.lost > 0) {
          return Promise.reject(new StorageError("unavailable", "no answer", { retry: "safe" }));
        }
        return refs.read(key, options);
      },
      list: (range, options) => refs.list(range, options),
      compareAndSet: async (key, expected, next, options) => {
        if (armed && remaining.before > 0) {
          remaining.before -= 1;
          return lose(faults);
        }
        const result = await refs.compareAndSet(key, expected, next, options);
        if (armed && remaining.after > 0) {
          remaining.after -= 1;
          return lose(faults);
        }
        return result;
      },
    }),
  };
  return faults;
}

describe("a scope that is left while its commit fails", () => {
  test("hears of the failure, once, also when it does not wait for the commit itself", async () => {
    const { library } = await openTestLibrary();
    const leave = async (): Promise<unknown> => {
      await using transaction = await library.begin("s");
      // oxlint-disable-next-line typescript/return-await -- what users write
      return transaction.commit(() => Promise.reject(new Error("cannot build")));
    };
    await expect(leave()).rejects.toThrow("cannot build");
  });

  test("hears of that failure, not of blobs that could not be deleted then", async () => {
    const { store } = await openTestLibrary();
    const blobs = Object.create(store.blobs, {
      deleteMany: { value: () => Promise.reject(new StorageError("unavailable", "no deletes")) },
    }) as Store["blobs"];
    const library = await openLibrary({ store: { blobs, refs: store.refs } });
    const leave = async (): Promise<unknown> => {
      await using transaction = await library.begin("s");
      await transaction.putSegment(bytes, hash);
      return await transaction.commit(() => Promise.reject(new Error("cannot build")));
    };
    await expect(leave()).rejects.toThrow("cannot build");
  });
});
