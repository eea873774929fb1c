import { PassThrough } from "node:stream";

import { createInstantClock } from "@foretile/testkit";
import { expect, test } from "vitest";

import { createProgress } from "../../src/index.ts";

const CLEAR = "\r\u001b[K";

test("a terminal shows the amount, the rate and the text, ten times a second at most", async () => {
  const clock = createInstantClock({ startMs: 0 });
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const progress = createProgress(stream, { label: "verify", unit: "bytes", total: 4e6, clock });
  await clock.sleep(500);
  progress.update(1_000_000, "low/BTC");
  await clock.sleep(99);
  progress.update(2_000_000);
  await clock.sleep(401);
  progress.update(3_000_000);
  progress[Symbol.dispose]();
  expect(String(stream.read())).toBe(
    `${CLEAR}verify 1.00 MB of 4.00 MB 2.00 MB/s 1.5 s left low/BTC${CLEAR}verify 3.00 MB of 4.00 MB 3.00 MB/s 333 ms left${CLEAR}`,
  );
});

test("a line is cut to the terminal, and counted things are named", () => {
  const clock = createInstantClock({ startMs: 0 });
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 20 });
  createProgress(stream, { label: "ingest", unit: "answers", clock }).update(1250, "and more");
  expect(String(stream.read())).toBe(`${CLEAR}ingest 1,250 answer`);
});

test("nothing is written where there is no terminal", () => {
  const stream = new PassThrough();
  const clock = createInstantClock({ startMs: 0 });
  using progress = createProgress(stream, { label: "verify", unit: "bytes", clock });
  progress.update(5);
  progress.clear();
  expect(stream.read()).toBeNull();
});
