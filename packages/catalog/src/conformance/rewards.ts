import {
  assertEqual,
  assertListingRejects,
  assertRejects,
  collect,
  showStatuses,
} from "./assertions.ts";
import type { NewReward } from "../records/reward.ts";
import type { AddCase } from "./conformance-case.ts";
import { minerIds, NOON } from "./samples.ts";

function reward(minerId: number, rewardWeight: number): NewReward {
  return { minerId, minerUid: 12, smoothedScore: rewardWeight * 10, rewardWeight };
}

export function rewardCases(add: AddCase): void {
  add("sets of rewards are listed, the newest first", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    for (const seconds of [60, 0, 120]) {
      const updatedUnixSeconds = NOON + seconds;
      const rewards = [reward(b, 0.25), reward(a, 0.125 + seconds)];
      const statuses = await catalog.writeRewards({ label: "low", updatedUnixSeconds, rewards });
      assertEqual(showStatuses(statuses), ["ok", "ok"], "statuses");
    }
    const other = { label: "high", updatedUnixSeconds: NOON, rewards: [reward(a, 1)] };
    await catalog.writeRewards(other);
    for (const batchSize of [1, 2, 100]) {
      const sets = await collect(catalog.listRewards({ label: "low" }, { batchSize }), batchSize);
      assertEqual(
        sets,
        [120, 60, 0].map((seconds) => ({
          label: "low",
          updatedUnixSeconds: NOON + seconds,
          rewards: [reward(a, 0.125 + seconds), reward(b, 0.25)],
        })),
        `sets, in batches of ${batchSize}`,
      );
    }
    const window = { label: "low", fromUnixSeconds: NOON + 60, toUnixSeconds: NOON + 120 };
    const inWindow = await collect(catalog.listRewards(window));
    assertEqual(
      inWindow.map(({ updatedUnixSeconds }) => updatedUnixSeconds - NOON),
      [60],
      "in a half-open window",
    );
    assertEqual(
      await collect(catalog.listRewards({ label: "high" })),
      [other],
      "of the other label",
    );
    await assertListingRejects(
      "no label",
      () => catalog.listRewards({ label: "" }),
      "invalid-argument",
    );
  });

  add("a repeated set changes nothing, a missing miner is added", async (catalog) => {
    const [a = 0, b = 0] = await minerIds(catalog, 2);
    const set = { label: "low", updatedUnixSeconds: NOON };
    await catalog.writeRewards({ ...set, rewards: [reward(a, 0.5)] });
    await catalog.writeRewards({ ...set, rewards: [reward(a, 0.75), reward(b, 0.25)] });
    assertEqual(
      await collect(catalog.listRewards({ label: "low" })),
      [{ ...set, rewards: [reward(a, 0.5), reward(b, 0.25)] }],
      "the set",
    );
  });

  add("parallel writers of one set lose nothing and write nothing twice", async (catalog) => {
    const ids = await minerIds(catalog, 6);
    const set = { label: "low", updatedUnixSeconds: NOON };
    await Promise.all(
      ids.map((id, index) => {
        const all = [reward(id, index), reward(ids[0] ?? id, 0)];
        return catalog.writeRewards({ ...set, rewards: all.slice(0, index === 0 ? 1 : 2) });
      }),
    );
    const [stored, ...others] = await collect(catalog.listRewards({ label: "low" }));
    assertEqual(others, [], "other sets");
    assertEqual(
      stored?.rewards,
      ids.map((id, index) => reward(id, index)),
      "rewards",
    );
  });

  add("a reward that is refused leaves the others alone", async (catalog) => {
    const [a = 0, b = 0, c = 0] = await minerIds(catalog, 3);
    const statuses = await catalog.writeRewards({
      label: "low",
      updatedUnixSeconds: NOON,
      rewards: [
        reward(a, Number.NaN),
        reward(b, 0.5),
        reward(c, -0.5),
        reward(a + b + c + 1_000_000, 0.5),
      ],
    });
    assertEqual(
      showStatuses(statuses),
      ["invalid-score", "ok", "invalid-score", "unknown-miner"],
      "statuses",
    );
    const [stored] = await collect(catalog.listRewards({ label: "low" }));
    assertEqual(stored?.rewards, [reward(b, 0.5)], "what is stored");
    await assertRejects(
      "a time",
      () => catalog.writeRewards({ label: "low", updatedUnixSeconds: 0.5, rewards: [] }),
      "invalid-argument",
    );
  });
}
