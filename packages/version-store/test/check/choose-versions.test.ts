import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseVersions, type VersionCandidate } from "../../src/check/choose-versions.ts";
import { versionEntry } from "../head/version-entries.ts";

type Given = Partial<VersionCandidate> & {
  readonly commitId?: string;
  readonly committedAtMs?: number;
};

/** A candidate that was built on `base`, by default on the number before it. */
function candidate(
  version: number,
  base: number | string = version - 1,
  given: Given = {},
): VersionCandidate {
  const commitId = given.commitId ?? `commit-${version}`;
  const entry = versionEntry(version, {
    commitId,
    committedAtMs: given.committedAtMs ?? version * 10,
  });
  const baseId = typeof base === "string" ? base : `commit-${base}`;
  const baseVersion = typeof base === "string" ? version - 1 : base;
  return {
    entry,
    base: { version: baseVersion, commitId: baseVersion === 0 ? undefined : baseId },
    isListed: false,
    isPublished: true,
    isComplete: true,
    ...given,
  };
}

const unsure = { isPublished: false };

/** Numbers of the versions that are chosen, in doubt, and left out. */
function numbers(candidates: readonly VersionCandidate[]) {
  const { entries, doubtful, leftOut } = chooseVersions(candidates);
  return [entries.map(({ version }) => version), versionsOf(doubtful), versionsOf(leftOut)];
}

function versionsOf(candidates: readonly VersionCandidate[]): number[] {
  return candidates.map(({ entry }) => entry.version);
}

/** The commit of the newest version that is chosen. */
function newest(...candidates: readonly VersionCandidate[]): string | undefined {
  return chooseVersions(candidates).entries.at(-1)?.commitId;
}

describe("the versions of a lost head", () => {
  test("are those that were built on each other", () => {
    expect(numbers([candidate(2), candidate(1), candidate(3)])).toEqual([[1, 2, 3], [], []]);
    expect(numbers([])).toEqual([[], [], []]);
  });

  test("are found beyond gaps of versions that were removed, which note that they were replaced", () => {
    const { entries } = chooseVersions([candidate(1), candidate(2), candidate(5), candidate(6)]);
    expect(entries.map(({ version, replacedAtMs }) => [version, replacedAtMs])).toEqual([
      [1, undefined],
      [2, 21],
      [5, undefined],
      [6, undefined],
    ]);
    const known = {
      ...candidate(2),
      entry: versionEntry(2, { commitId: "commit-2", committedAtMs: 20, replacedAtMs: 25 }),
    };
    expect(chooseVersions([known, candidate(5)]).entries[0]?.replacedAtMs).toBe(25);
  });

  test("do not include one that was the newest and removed before the next was built on an older one", () => {
    expect(numbers([candidate(1), candidate(2), candidate(3, 1)])).toEqual([[1, 3], [], [2]]);
  });

  test("do not include another one of the same number", () => {
    const other = candidate(2, 1, { commitId: "late", committedAtMs: 25 });
    expect(numbers([candidate(1), candidate(2), other, candidate(3)])).toEqual([
      [1, 2, 3],
      [],
      [2],
    ]);
    expect(chooseVersions([candidate(1), candidate(2), other, candidate(3)]).leftOut).toEqual([
      other,
    ]);
  });

  test("prefer what is listed, then what is complete, then what is later, where nothing tells", () => {
    const late = candidate(2, 1, { commitId: "late", committedAtMs: 25 });
    expect(newest(candidate(2), late)).toBe("late");
    expect(newest(candidate(2), { ...late, isComplete: false })).toBe("commit-2");
    expect(newest({ ...candidate(2), isListed: true, isComplete: false }, late)).toBe("commit-2");
  });

  test("are not younger than those after them", () => {
    expect(numbers([candidate(1, 0, { committedAtMs: 50 }), candidate(5)])).toEqual([[5], [], [1]]);
  });

  test("include what the rest of the head lists, wherever a version says it comes from", () => {
    const listed = { isListed: true };
    expect(numbers([candidate(1), candidate(2, 1, listed), candidate(3, 1)])).toEqual([
      [1, 2, 3],
      [],
      [],
    ]);
    const unreadable = { ...candidate(3, 2, listed), base: undefined };
    expect(numbers([candidate(1), candidate(2), unreadable])).toEqual([[1, 2, 3], [], []]);
  });

  test("include versions of dead writers that others were built on", () => {
    expect(numbers([candidate(1), candidate(2, 1, unsure), candidate(3)])).toEqual([
      [1, 2, 3],
      [],
      [],
    ]);
  });

  test("end with complete ones of dead writers, built on the newest", () => {
    expect(numbers([candidate(1), candidate(2, 1, unsure)])).toEqual([[1, 2], [2], []]);
    expect(numbers([candidate(1, 0, unsure)])).toEqual([[1], [1], []]);
    expect(numbers([candidate(1), candidate(2, 1, { ...unsure, isComplete: false })])).toEqual([
      [1],
      [],
      [2],
    ]);
    expect(numbers([candidate(1), candidate(2), candidate(3, 1, unsure)])).toEqual([
      [1, 2],
      [],
      [3],
    ]);
    const later = candidate(2, 1, { ...unsure, commitId: "later", committedAtMs: 22 });
    expect(chooseVersions([later, candidate(2, 1, unsure), candidate(1)])).toMatchObject({
      doubtful: [later],
      leftOut: [{ entry: { commitId: "commit-2" } }],
    });
  });

  test("are all of any history, whichever were collected since, in order, and none that never was published", () => {
    const histories = fc.record({
      steps: fc.array(fc.record({ undo: fc.boolean(), failed: fc.boolean(), gone: fc.boolean() }), {
        minLength: 1,
        maxLength: 40,
      }),
      order: fc.infiniteStream(fc.nat()),
    });
    fc.assert(
      fc.property(histories, ({ steps, order }) => {
        // What the head lists, oldest first, and what can still be found.
        let listed: VersionCandidate[] = [];
        const found: VersionCandidate[] = [];
        for (const [index, { undo, failed, gone }] of steps.entries()) {
          const version = index + 1;
          if (undo) listed = listed.slice(0, -1);
          const base = listed.at(-1)?.entry;
          const made = candidate(version, base?.version ?? 0);
          if (failed)
            found.push(
              candidate(version, base?.version ?? 0, {
                ...unsure,
                isComplete: false,
                commitId: `failed-${version}`,
              }),
            );
          else listed.push(made);
          if (!failed && !gone) found.push(made);
        }
        const shuffled = found
          .map((item) => ({ item, key: order.next().value as number }))
          .sort((left, right) => left.key - right.key)
          .map(({ item }) => item);
        const { entries } = chooseVersions(shuffled);
        const versions = entries.map(({ version }) => version);
        expect(versions).toEqual([...versions].sort((left, right) => left - right));
        expect(entries.every(({ commitId }) => commitId.startsWith("commit-"))).toBe(true);
        const last = listed.at(-1);
        const stillThere = listed
          .filter((item) => found.includes(item))
          .map(({ entry }) => entry.version);
        // As long as the newest is there, and was not removed itself, nothing that was listed is missed.
        const isWhole =
          last !== undefined && found.includes(last) && versions.at(-1) === last.entry.version;
        const missed = stillThere.filter((version) => !versions.includes(version));
        expect(isWhole ? missed : []).toEqual([]);
      }),
    );
  });
});
