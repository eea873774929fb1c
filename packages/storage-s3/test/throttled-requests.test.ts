import { expect, test } from "vitest";
import { createRetryPolicy } from "@foretile/resilience";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { visitPlace } from "../src/visit-place.ts";
import { startThrottlingServer } from "./doubles/throttling-server.ts";

test("a server that takes few requests at once is soon sent few, and all of them are answered", async () => {
  await using server = await startThrottlingServer(4);
  const clock = createInstantClock({ startMs: 0 });
  const random = createSeededRandom(1);
  const retries = createRetryPolicy({ clock, random, maxAttempts: 20 });
  const place = {
    bucket: "bucket",
    prefix: "",
    maxConnections: 16,
    endpoint: server.endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    clock,
    random,
  };
  const names = Array.from({ length: 80 }, (_, index) => `object-${index}`);
  await visitPlace(place, async ({ objects }) => {
    const get = (name: string): Promise<unknown> => retries.run(() => objects.get(name));
    expect(new Set(await Promise.all(names.map(get)))).toEqual(new Set([undefined]));
  });
  // Of 16 at once 12 would be turned away, and come again at once.
  expect(server.answered.turnedAway).toBeGreaterThan(0);
  expect(server.answered.turnedAway).toBeLessThan(names.length);
});
