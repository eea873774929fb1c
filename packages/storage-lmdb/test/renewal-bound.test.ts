import { expect, test } from "vitest";
import { RenewalBound } from "../src/renewal-bound.ts";

test("renews after enough bytes, when no call is under way, and holds later calls back", async () => {
  const events: string[] = [];
  const bound = new RenewalBound(10, () => {
    events.push("renewed");
    return Promise.resolve();
  });
  const gate = Promise.withResolvers<void>();
  const slow = bound.use(async () => {
    events.push("slow began");
    await gate.promise;
    events.push("slow ended");
  });
  await bound.use(() => bound.touch(11));
  const late = bound.use(() => events.push("late"));
  await Promise.resolve();
  expect(events).toEqual(["slow began"]);
  gate.resolve();
  await Promise.all([slow, late]);
  expect(events).toEqual(["slow began", "slow ended", "renewed", "late"]);
});

test("counts anew after a renewal, and up to the bound renews nothing", async () => {
  let renewals = 0;
  const bound = new RenewalBound(10, async () => {
    renewals += 1;
    await Promise.resolve();
  });
  for (const bytes of [5, 5, 1, 10]) await bound.use(() => bound.touch(bytes));
  await bound.idle();
  expect(renewals).toBe(1);
});

test("never renews below a call, however many run", async () => {
  let underWay = 0;
  let renewals = 0;
  const bound = new RenewalBound(3, async () => {
    expect(underWay).toBe(0);
    await Promise.resolve();
    expect(underWay).toBe(0);
    renewals += 1;
  });
  const caller = async (turns: number): Promise<void> => {
    for (let call = 0; call < 20; call += 1) {
      await bound.use(async () => {
        underWay += 1;
        bound.touch(1);
        for (let turn = 0; turn < (turns + call) % 4; turn += 1) await Promise.resolve();
        underWay -= 1;
      });
    }
  };
  await Promise.all(Array.from({ length: 10 }, (_, turns) => caller(turns)));
  expect(renewals).toBeGreaterThan(1);
});

test("a call that fails lets the renewal happen", async () => {
  let renewals = 0;
  const bound = new RenewalBound(1, () => {
    renewals += 1;
    return Promise.resolve();
  });
  const failed = bound.use(() => {
    bound.touch(2);
    throw new Error("failed");
  });
  await expect(failed).rejects.toThrow("failed");
  await bound.use(() => undefined);
  expect(renewals).toBe(1);
});

test("a renewal that fails is the error of every later call, and ends the wait for it", async () => {
  const bound = new RenewalBound(1, () => Promise.reject(new Error("gone")));
  await bound.use(() => bound.touch(2));
  const waiting = [bound.use(() => "first"), bound.use(() => "second")];
  for (const call of waiting) await expect(call).rejects.toThrow("gone");
  await bound.idle();
  expect(bound.failed).toBe(true);
  await expect(bound.use(() => "late")).rejects.toThrow("gone");
});
