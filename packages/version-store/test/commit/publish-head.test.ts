import { openMemoryStore } from "@foretile/storage/memory";
import { beforeEach, describe, expect, test } from "vitest";
import { publishHead } from "../../src/commit/publish-head.ts";
import { readHead, sealHead } from "../../src/head/head-record.ts";
import { emptyHead, type Head } from "../../src/head/head.ts";
import { wasPublished } from "../../src/head/was-published.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { versionEntry } from "../head/version-entries.ts";
import { openTestContext } from "../open-test-context.ts";
import {
  arriveLate,
  duplicate,
  failSafely,
  loseReply,
  loseRequest,
  refuse,
  scriptRefs,
  silent,
  type ScriptedRefs,
} from "./scripted-refs.ts";

const key = headKey("s");

let context: LibraryContext;
let scripted: ScriptedRefs;

beforeEach(async () => {
  const store = openMemoryStore();
  scripted = scriptRefs(store.refs);
  context = await openTestContext({ store: { blobs: store.blobs, refs: scripted.refs } });
});

/** A head with one more version. */
function withVersion(head: Omit<Head, "changeId">, commitId: string): Head {
  const entry = versionEntry(head.lastVersion + 1, { commitId });
  return {
    ...head,
    changeId: commitId,
    lastVersion: entry.version,
    lastCommittedAtMs: entry.committedAtMs,
    recent: [...head.recent, entry],
  };
}

/** Publishes a version of a rival, whatever the head is. */
async function rivalCommits(): Promise<void> {
  const { refs } = context;
  const steps = scripted.changes.splice(0);
  const reads = scripted.reads.splice(0);
  const state = await readHead(context, key, "s");
  const next = withVersion(state?.head ?? emptyHead("s"), context.ids.nextId());
  expect(await refs.compareAndSet(key, state?.token, sealHead(context, next))).toMatchObject({
    swapped: true,
  });
  scripted.changes.push(...steps);
  scripted.reads.push(...reads);
}

async function publish(commitId: string): Promise<string> {
  const state = await readHead(context, key, "s");
  const next = withVersion(state?.head ?? emptyHead("s"), commitId);
  const entry = next.recent.at(-1) ?? versionEntry(1);
  try {
    return await publishHead(context, {
      key,
      expected: state?.token,
      next,
      isPublished: (head) => wasPublished(context, head, entry),
    });
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** How often the version of a commit is in the head. */
async function published(commitId: string): Promise<number> {
  const state = await readHead(context, key, "s");
  return (state?.head.recent ?? []).filter((entry) => entry.commitId === commitId).length;
}

/** What may become of one compare-and-set, and when what is late arrives. */
const fates = ["loses-reply", "loses-request", "late-read", "late-change", "late-end"] as const;

/** Where a rival may publish first. */
const rivals = ["never", "before", "before-read", "before-change"] as const;

const combinations = fates.flatMap((first) =>
  ["ok", "duplicated", ...fates].flatMap((second) =>
    rivals.flatMap((rival) =>
      (["new", "old"] as const).map((symbol) => ({ first, second, rival, symbol })),
    ),
  ),
);

describe("publishing a head", () => {
  test.each(combinations)(
    "tells the truth when the first request $first, the second is $second, a rival comes $rival, and the symbol is $symbol",
    async ({ first, second, rival, symbol }) => {
      if (symbol === "old") await rivalCommits();
      const step = (fate: string): ScriptedRefs["changes"][number] => {
        if (fate === "loses-reply") return loseReply;
        if (fate === "loses-request") return loseRequest;
        if (fate === "duplicated") return duplicate(scripted);
        return fate === "ok" ? (perform) => perform() : arriveLate(scripted);
      };
      scripted.changes.push(
        async (perform) => {
          if (rival === "before") await rivalCommits();
          return step(first)(perform);
        },
        async (perform) => {
          if (rival === "before-change") await rivalCommits();
          if (first === "late-change") await scripted.arrive();
          return step(second)(perform);
        },
      );
      scripted.reads.push(
        (perform) => perform(),
        async (perform) => {
          if (first === "late-read") await scripted.arrive();
          if (rival === "before-read") await rivalCommits();
          return perform();
        },
        async (perform) => {
          if (second === "late-read") await scripted.arrive();
          return perform();
        },
      );
      const outcome = await publish("mine");
      expect(["published", "lost"]).toContain(outcome);
      expect(await published("mine")).toBe(outcome === "published" ? 1 : 0);
      // Whatever is still on its way finds nothing to match.
      await scripted.arrive();
      await rivalCommits();
      await scripted.arrive();
      expect(await published("mine")).toBe(outcome === "published" ? 1 : 0);
    },
  );

  test("is lost without a question when somebody else was first", async () => {
    scripted.changes.push(async (perform) => {
      await rivalCommits();
      return perform();
    });
    let reads = 0;
    scripted.reads.push(
      (perform) => perform(),
      async (perform) => {
        reads += 1;
        return perform();
      },
    );
    expect(await publish("mine")).toBe("lost");
    expect(reads).toBe(0);
  });

  test("is repeated when the store says that nothing happened and it may be", async () => {
    scripted.changes.push(failSafely, failSafely);
    expect(await publish("mine")).toBe("published");
  });

  test("fails at once when the store says that it never will", async () => {
    scripted.changes.push(refuse);
    expect(await publish("mine")).toBe("full");
    expect(await published("mine")).toBe(0);
  });

  test("stays unknown once it may have happened, also when the store then refuses", async () => {
    scripted.changes.push(loseRequest, refuse, refuse, refuse, refuse, refuse);
    expect(await publish("mine")).toBe("commit-outcome-unknown");
  });

  test("takes a failure of unknown kind for one that may have happened", async () => {
    scripted.changes.push(async (perform) => {
      await perform();
      throw new Error("socket hang up");
    });
    expect(await publish("mine")).toBe("published");
    expect(await published("mine")).toBe(1);
  });

  test("stays unknown when nothing can be read back, and says so with the cause", async () => {
    scripted.changes.push(loseReply);
    scripted.reads.push((perform) => perform(), silent, silent, silent, silent, silent);
    expect(await publish("mine")).toBe("commit-outcome-unknown");
    expect(await published("mine")).toBe(1);
  });

  test("is settled by a later read when the first reads fail", async () => {
    scripted.changes.push(loseReply);
    scripted.reads.push((perform) => perform(), silent, silent);
    expect(await publish("mine")).toBe("published");
  });

  test("is unclear when a head that others changed does not tell", async () => {
    scripted.changes.push(loseReply);
    scripted.reads.push(async (perform) => {
      await rivalCommits();
      return perform();
    });
    const next: Head = { ...emptyHead("s"), changeId: "mine" };
    const outcome = await publishHead(context, {
      key,
      expected: undefined,
      next,
      isPublished: ({ changeId }) => (changeId === next.changeId ? true : undefined),
    });
    expect(outcome).toBe("unclear");
  });
});
