import { afterAll, beforeEach, expect, test } from "vitest";
import type { Clock } from "@foretile/resilience";
import { createVirtualClock } from "@foretile/testkit";
import {
  openBigtableStore,
  planBigtableProvision,
  probeBigtable,
  type BigtablePlace,
} from "../../../src/index.ts";
import { startHostileServer, type Method } from "./hostile-server.ts";
import { temporaryStores } from "./temporary-stores.ts";

/* A service that takes a call and never answers: what no layer of a store bounds must end by itself. */

const stores = await temporaryStores();
const hostile = await startHostileServer(stores.place().emulatorHost ?? "");
afterAll(() => hostile[Symbol.asyncDispose]());
beforeEach(() => hostile.reset());

const ANSWER_TIMEOUT_MS = 60_000;
const REMEDY = "check the endpoint and the network";

/** What becomes of the work when its first call of a method is never answered and a minute goes by. */
async function whenSilent<T>(
  method: Method,
  work: (place: BigtablePlace & { readonly clock: Clock }) => Promise<T>,
): Promise<unknown> {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  hostile.strike(method, { kind: "hang" });
  const place = { ...stores.place(), emulatorHost: hostile.endpoint, clock };
  const outcome = work(place).catch((error: unknown) => error);
  await hostile.arrived();
  await clock.advance(ANSWER_TIMEOUT_MS);
  const result = await outcome;
  await hostile.cancelled();
  expect(clock.sleeperCount()).toBe(0);
  return result;
}

const noAnswer = (retry: string) =>
  expect.objectContaining({
    code: "timeout",
    retry,
    message: expect.stringContaining(`${REMEDY} at=${hostile.endpoint}`) as string,
  });

test.each([
  ["read", "readRows", "safe"],
  ["write", "readRows", "safe"],
  ["create", "createTable", "unknown-outcome"],
] as const)("opening to %s ends", async (mode, method, retry) => {
  const failure = await whenSilent(method, (place) => openBigtableStore({ ...place, mode }));
  expect(failure).toEqual(noAnswer(retry));
});

test("opening without layers ends, too", async () => {
  const failure = await whenSilent("readRows", (place) =>
    openBigtableStore({ ...place, mode: "read", layers: false }),
  );
  expect(failure).toEqual(noAnswer("safe"));
});

test("a probe tells it and tries nothing more", async () => {
  expect(await whenSilent("readRows", probeBigtable)).toEqual([
    { what: `endpoint ${hostile.endpoint}`, found: "timeout", ok: false, remedy: REMEDY },
  ]);
});

test("a plan ends", async () => {
  expect(await whenSilent("getTable", planBigtableProvision)).toEqual(noAnswer("safe"));
});

test("a step ends, and is taken again", async () => {
  const clock = createVirtualClock({ startMs: 1_700_000_000_000 });
  const place = { ...stores.place(), emulatorHost: hostile.endpoint, clock };
  const [step] = await planBigtableProvision(place);
  hostile.strike("createTable", { kind: "hang" });
  const outcome = step?.apply().catch((error: unknown) => error);
  await hostile.arrived();
  await clock.advance(ANSWER_TIMEOUT_MS);
  expect(await outcome).toEqual(noAnswer("safe"));
  await step?.apply();
  expect(await planBigtableProvision(place)).toHaveLength(2);
});
