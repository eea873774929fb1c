import type { DocumentValue } from "@foretile/codecs/msgpack";
import { toKey } from "@foretile/storage";
import { beforeEach, describe, expect, test } from "vitest";
import { decodeHead, emptyHead, encodeHead, type Removal } from "../../src/head/head.ts";
import { readHead, sealHead } from "../../src/head/head-record.ts";
import { headKey } from "../../src/library/keys.ts";
import type { LibraryContext } from "../../src/library/library-context.ts";
import { openTestContext } from "../open-test-context.ts";
import { headOf, versionEntries } from "./version-entries.ts";

let context: LibraryContext;

beforeEach(async () => {
  context = await openTestContext();
});

const removal: Removal = {
  id: "r".repeat(26),
  reason: "prune",
  removedAtMs: 1,
  keepUntilMs: 2,
  condemned: false,
  count: 1,
  page: { key: toKey("p/1"), length: 1, hash: new Uint8Array(16) },
};

describe("a head", () => {
  test("that would be too large to be read back is not written", () => {
    const removals = Array.from({ length: 8000 }, () => removal);
    expect(() => sealHead(context, headOf({ recent: [], history: [] }, { removals }))).toThrow(
      expect.objectContaining({ code: "invalid-argument" }) as Error,
    );
  });

  test("of another symbol is found out", async () => {
    const key = headKey("s");
    const head = { ...emptyHead("other"), changeId: "c" };
    await context.refs.compareAndSet(key, undefined, sealHead(context, head));
    await expect(readHead(context, key, "s")).rejects.toMatchObject({ code: "data-integrity" });
  });

  test.each<[string, { readonly [name: string]: DocumentValue }]>([
    ["a newest version above the highest", { last_version: 2 }],
    [
      "history and nothing recent",
      {
        recent: (encodeHead(headOf({ recent: [], history: [] })) as { recent: DocumentValue })
          .recent,
        history: [encodeRun()],
      },
    ],
    ["a removal for no reason", { removals: [{ ...encodeRemoval(), reason: "tidy" }] }],
    ["a removal of nothing", { removals: [{ ...encodeRemoval(), count: 0 }] }],
    [
      "a removal that is neither condemned nor not",
      { removals: [{ ...encodeRemoval(), condemned: 1 }] },
    ],
    [
      "a page at no key",
      {
        removals: [{ ...encodeRemoval(), page: { key: "", length: 1, hash: new Uint8Array(16) } }],
      },
    ],
  ])("with %s is refused", (_, change) => {
    const fields = encodeHead(headOf({ recent: versionEntries(3), history: [] }));
    expect(() => decodeHead({ ...(fields as object), ...change })).toThrow(
      expect.objectContaining({ code: "data-integrity" }) as Error,
    );
  });
});

function encodeRemoval(): { readonly [name: string]: DocumentValue } {
  const head = headOf({ recent: [], history: [] }, { removals: [removal] });
  const { removals } = encodeHead(head) as {
    removals: { readonly [name: string]: DocumentValue }[];
  };
  return removals[0] ?? {};
}

function encodeRun(): DocumentValue {
  return {
    level: 0,
    first_version: 1,
    last_version: 1,
    count: 1,
    first_committed_at_ms: 1,
    last_committed_at_ms: 1,
    page: { key: "p/1", length: 1, hash: new Uint8Array(16) },
  };
}
