import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RetentionPolicy } from "../../src/retention/policy.ts";
import { versionsToRemove, type JudgedEntry } from "../../src/retention/versions-to-remove.ts";

const dayMs = 86_400_000;
const nowMs = 100 * dayMs;

/** Versions, newest first, each so many days old; a negative age is that of a `delete`. */
function aged(...days: readonly number[]): JudgedEntry[] {
  return days.map((age, index) => ({
    version: days.length - index,
    committedAtMs: nowMs - Math.abs(age) * dayMs,
    operation: age < 0 ? "delete" : "write",
  }));
}

function kept(
  entries: readonly JudgedEntry[],
  policy: RetentionPolicy,
  pinned: readonly number[] = [],
): number[] {
  const removed = new Set(versionsToRemove(entries, policy, nowMs, new Set(pinned)));
  return entries.filter((entry) => !removed.has(entry)).map(({ version }) => version);
}

describe("a retention policy", () => {
  test("keeps the last versions", () => {
    expect(kept(aged(1, 2, 3, 4), { keepLast: 2 })).toEqual([4, 3]);
    expect(kept(aged(1), { keepLast: 2 })).toEqual([1]);
    expect(kept([], { keepLast: 2 })).toEqual([]);
  });

  test("does not count a delete as one of the last", () => {
    expect(kept(aged(1, -2, 3, 4, -5, 6), { keepLast: 2 })).toEqual([6, 5, 4]);
  });

  test("keeps what is younger than an age", () => {
    expect(kept(aged(1, 2, 3, 4), { keepForMs: 3 * dayMs })).toEqual([4, 3]);
    expect(kept(aged(1, 2, 3, 4), { keepForMs: 3 * dayMs + 1 })).toEqual([4, 3, 2]);
  });

  test("keeps the newest version though nothing else would", () => {
    expect(kept(aged(8, 9), { keepForMs: 0 })).toEqual([2]);
  });

  test("keeps the newest delete though nothing else would", () => {
    expect(kept(aged(1, 2, -3, 4, -5, 6), { keepLast: 1 })).toEqual([6, 4]);
  });

  test("keeps the newest of every day", () => {
    const policy = { keepEvery: { bucketMs: dayMs } };
    expect(kept(aged(0.5, 0.6, 1.2, 1.3, 5.1, 5.2, 5.9), policy)).toEqual([7, 5, 3]);
    // A day begins at midnight UTC: the last moment of one and the first of the next.
    expect(kept(aged(1, 1 + 1 / dayMs), policy)).toEqual([2, 1]);
  });

  test("keeps the newest of every day only for a while", () => {
    const policy = { keepEvery: { bucketMs: dayMs, forMs: 5 * dayMs } };
    expect(kept(aged(0.5, 0.6, 1.2, 4.9, 5.1, 6.5), policy)).toEqual([6, 4, 3]);
  });

  test("keeps what was the newest when the time of the rule began", () => {
    const policy = { keepNewestOlderThanMs: 3 * dayMs };
    expect(kept(aged(1, 2, 3, 4), policy)).toEqual([4, 3, 2]);
    expect(kept(aged(1, 2, 4, 5), policy)).toEqual([4, 3, 2]);
    expect(kept(aged(4, 5), policy)).toEqual([2]);
  });

  test("keeps what any of its rules keeps", () => {
    const policy = {
      keepLast: 1,
      keepForMs: 2 * dayMs,
      keepEvery: { bucketMs: 10 * dayMs },
      keepNewestOlderThanMs: 30 * dayMs,
    };
    expect(kept(aged(1, 1.5, 29, 31, 32, 45, 46, 47), policy)).toEqual([8, 7, 6, 5, 3]);
  });

  test("keeps what is pinned, which counts like any other version", () => {
    expect(kept(aged(1, 2, 3, 4), { keepLast: 2 }, [1, 3])).toEqual([4, 3, 1]);
  });

  test("gives what it does not keep in the order of the entries", () => {
    const removed = versionsToRemove(aged(1, 2, 3), { keepLast: 1 }, nowMs, new Set());
    expect(removed.map(({ version }) => version)).toEqual([2, 1]);
  });

  test.each<[string, RetentionPolicy]>([
    ["no rule", {}],
    ["rules that are not there", { keepLast: undefined, keepForMs: undefined }],
    ["a rule that is not known", { keepLast: 1, keeplast: 2 } as RetentionPolicy],
    ["a part of a rule that is not known", { keepEvery: { bucketMs: 1, for: 1 } as never }],
    ["0 last versions", { keepLast: 0 }],
    ["half a version", { keepLast: 1.5 }],
    ["an age below 0", { keepForMs: -1 }],
    ["no age", { keepForMs: NaN }],
    ["stretches of no length", { keepEvery: { bucketMs: 0 } }],
    ["stretches without a length", { keepEvery: {} as never }],
    ["stretches until before now", { keepEvery: { bucketMs: 1, forMs: -1 } }],
    ["the newest older than the future", { keepNewestOlderThanMs: -1 }],
    ["an endless age", { keepNewestOlderThanMs: Infinity }],
  ])("of %s is refused", (_, policy) => {
    expect(() => versionsToRemove([], policy, nowMs, new Set())).toThrow(
      expect.objectContaining({ code: "invalid-argument" }) as Error,
    );
  });
});

const hours = fc.integer({ min: 0, max: 400 });
const hourMs = 3_600_000;

const policies = fc
  .record(
    {
      keepLast: fc.integer({ min: 1, max: 12 }),
      keepForMs: hours.map((age) => age * hourMs),
      keepEvery: fc.record(
        {
          bucketMs: fc.constantFrom(hourMs, dayMs, 7 * dayMs),
          forMs: hours.map((age) => age * hourMs),
        },
        { requiredKeys: ["bucketMs"] },
      ),
      keepNewestOlderThanMs: hours.map((age) => age * hourMs),
    },
    { requiredKeys: [] },
  )
  .filter((policy) => Object.keys(policy).length > 0);

/** Versions with gaps in their numbers and any distance in time, some a moment ahead of the clock; newest first. */
const versions = fc
  .array(
    fc.record({
      waitMs: fc.integer({ min: 1, max: 30 * hourMs }),
      skip: fc.nat({ max: 2 }),
      operation: fc.constantFrom("write", "append", "delete"),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    const entries: JudgedEntry[] = [];
    let [version, committedAtMs] = [200, nowMs + hourMs];
    for (const { waitMs, skip, operation } of steps) {
      version -= 1 + skip;
      committedAtMs -= waitMs;
      entries.push({ version, committedAtMs, operation });
    }
    return entries;
  });

const pins = fc.uniqueArray(fc.integer({ min: 80, max: 199 }), { maxLength: 20 });

describe("any retention policy", () => {
  test("never removes the newest version, the newest delete, or what is pinned", () => {
    fc.assert(
      fc.property(versions, policies, pins, (entries, policy, pinned) => {
        const removed = versionsToRemove(entries, policy, nowMs, new Set(pinned));
        expect(removed).not.toContain(entries[0]);
        expect(removed).not.toContain(entries.find(({ operation }) => operation === "delete"));
        expect(removed.filter(({ version }) => pinned.includes(version))).toEqual([]);
      }),
    );
  });

  test("removes nothing more the second time", () => {
    fc.assert(
      fc.property(versions, policies, pins, (entries, policy, pinned) => {
        const removed = new Set(versionsToRemove(entries, policy, nowMs, new Set(pinned)));
        const left = entries.filter((entry) => !removed.has(entry));
        expect(versionsToRemove(left, policy, nowMs, new Set(pinned))).toEqual([]);
      }),
    );
  });

  test("removes what each of its rules and pins would remove, and only that", () => {
    fc.assert(
      fc.property(versions, policies, pins, (entries, policy, pinned) => {
        const removed = versionsToRemove(entries, policy, nowMs, new Set(pinned));
        const byRule = Object.entries(policy).map(
          ([rule, value]) =>
            new Set(versionsToRemove(entries, { [rule]: value }, nowMs, new Set(pinned))),
        );
        const byAll = entries.filter((entry) => byRule.every((set) => set.has(entry)));
        expect(removed).toEqual(byAll);
      }),
    );
  });

  test("removes no more when its rules are wider or more is pinned", () => {
    fc.assert(
      fc.property(versions, policies, pins, fc.nat({ max: 100 }), (entries, policy, pinned, by) => {
        const { keepLast, keepForMs, keepEvery, keepNewestOlderThanMs } = policy;
        const wider: RetentionPolicy = {
          keepLast: keepLast && keepLast + by,
          keepForMs: keepForMs === undefined ? undefined : keepForMs + by * hourMs,
          keepEvery: keepEvery && {
            ...keepEvery,
            forMs: keepEvery.forMs === undefined ? undefined : keepEvery.forMs + by * hourMs,
          },
          keepNewestOlderThanMs:
            keepNewestOlderThanMs === undefined ? undefined : keepNewestOlderThanMs + by * hourMs,
        };
        const removed = new Set(versionsToRemove(entries, policy, nowMs, new Set(pinned)));
        const fewer = versionsToRemove(entries, wider, nowMs, new Set([...pinned, 100 + by]));
        expect(fewer.filter((entry) => !removed.has(entry))).toEqual([]);
      }),
    );
  });

  test("keeps what was the newest at any time since the rule's age began", () => {
    fc.assert(
      fc.property(versions, hours, (entries, age) => {
        const policy = { keepNewestOlderThanMs: age * hourMs };
        const removed = new Set(versionsToRemove(entries, policy, nowMs, new Set()));
        const times = Array.from({ length: age + 1 }, (_, back) => nowMs - back * hourMs);
        const newest = times.map((timeMs) => entries.find((e) => e.committedAtMs <= timeMs));
        expect(newest.filter((entry) => entry !== undefined && removed.has(entry))).toEqual([]);
      }),
    );
  });
});
