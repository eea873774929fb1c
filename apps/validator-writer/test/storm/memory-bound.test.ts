import { createPredictions } from "@foretile/app-kit";
import { createSeededRandom, temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import {
  publishLine,
  requestDocument,
  requestLine,
  SMALL_LABEL,
} from "../support/small-request.ts";
import { WriterProcess } from "../support/writer-process.ts";

const MEMORY_LIMIT_BYTES = 700_000_000;
const STEPS = 289;
const SIMULATIONS = 1000;

test("a line of a gigabyte costs one error and no memory", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  const created = await createPredictions(url, { labels: [SMALL_LABEL] });
  await created[Symbol.asyncDispose]();
  await using writer = new WriterProcess(["ingest", "--store", url]);
  const piece = Buffer.alloc(1024 * 1024, '{"response":');
  for (let count = 0; count < 1024; count += 1) await writer.write(piece);
  await writer.write(`\n${requestLine("r1")}\n${publishLine("r1")}\n`);
  await writer.resultCount(2);
  expect(await writer.peakMemoryBytes()).toBeLessThan(MEMORY_LIMIT_BYTES);
  writer.child.stdin.end();
  expect(await writer.end()).toMatchObject({ code: 6 });
  expect(writer.results).toMatchObject([
    { event: "rejected", line: 1, code: "too-large" },
    { event: "published", id: "r1" },
  ]);
});

/** The paths of a full-size answer, 8 digits a price. */
function fullSizePaths(): string {
  const random = createSeededRandom(7);
  const path = (): string =>
    JSON.stringify(
      Array.from({ length: STEPS }, () => (10_000_000 + (random.nextUint32() % 10_000_000)) / 1000),
    );
  return Array.from({ length: SIMULATIONS }, path).join(",");
}

test("hundreds of full-size answers take no more memory than some", async () => {
  await using folder = await temporaryFolder();
  const url = `lmdb:${folder.path}/store`;
  const label = {
    ...SMALL_LABEL,
    timeLengthSeconds: 300 * (STEPS - 1),
    simulations: SIMULATIONS,
  };
  const created = await createPredictions(url, { labels: [label] });
  await created[Symbol.asyncDispose]();
  await using writer = new WriterProcess(["ingest", "--store", url]);
  const request = {
    ...requestDocument("r1"),
    time_length: label.timeLengthSeconds,
    num_simulations: SIMULATIONS,
  };
  await writer.write(`${JSON.stringify({ request })}\n`);
  const start = Date.parse(request.start_time) / 1000;
  const tail = `"process_time":1,"prediction":[${start},300,${fullSizePaths()}]}}\n`;
  for (let miner = 0; miner < 300; miner += 1) {
    await writer.write(
      `{"response":{"request":"r1","miner_uid":${miner},"miner_id":${miner},${tail}`,
    );
  }
  await writer.write(`${publishLine("r1")}\n`);
  await writer.resultCount(1);
  expect(writer.results).toMatchObject([{ answers: { valid: 300, invalid: 0, replaced: 0 } }]);
  expect(await writer.peakMemoryBytes()).toBeLessThan(MEMORY_LIMIT_BYTES);
  writer.child.stdin.end();
  expect(await writer.end()).toMatchObject({ code: 0 });
});
