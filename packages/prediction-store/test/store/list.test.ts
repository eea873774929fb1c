import { escapeKeyPart } from "@foretile/keyspace";
import { toKey } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { requestKey, SYNTH_HIGH, SYNTH_LOW, type RequestFilter } from "../../src/index.ts";
import { openTestStore, request, validAnswer, type TestStore } from "./open-test-store.ts";

const start = request.startUnixSeconds;

async function storeWithRequests(): Promise<TestStore> {
  const opened = await openTestStore();
  for (const label of ["low", "high", "lo"]) {
    for (const asset of ["BTC", "ETH", "B"]) {
      for (const offset of [0, 300]) {
        const one = { ...request, label, asset, startUnixSeconds: start + offset };
        await opened.predictions.publish(one, [validAnswer(1)]);
      }
    }
  }
  return opened;
}

async function keysOf({ predictions }: TestStore, filter?: RequestFilter): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of predictions.list(filter)) keys.push(...batch.map(({ key }) => key));
  return keys;
}

describe("list", () => {
  test("gives every request in order of label, asset and start", async () => {
    const keys = await keysOf(await storeWithRequests());
    expect(keys).toHaveLength(18);
    expect(keys.slice(0, 3)).toEqual([
      `high/B#${start}`,
      `high/B#${start + 300}`,
      `high/BTC#${start}`,
    ]);
  });

  test("filters by label, asset and a half-open range of start times", async () => {
    const opened = await storeWithRequests();
    expect(await keysOf(opened, { label: "lo" })).toHaveLength(6);
    expect(await keysOf(opened, { label: "low", asset: "B" })).toEqual([
      `low/B#${start}`,
      `low/B#${start + 300}`,
    ]);
    expect(await keysOf(opened, { asset: "ETH" })).toHaveLength(6);
    const range = { fromUnixSeconds: start, toUnixSeconds: start + 300 };
    expect(await keysOf(opened, range)).toHaveLength(9);
    expect(await keysOf(opened, { label: "none" })).toEqual([]);
  });

  test("tells of the newest version", async () => {
    const { predictions } = await openTestStore();
    await predictions.publish(request, [validAnswer(1)]);
    const second = await predictions.publish(request, [validAnswer(1, 2)]);
    for await (const [summary] of predictions.list()) {
      expect(summary).toMatchObject({
        key: requestKey(request),
        request: { label: "test", asset: "BTC", startUnixSeconds: start },
        version: 2,
        versionHash: second.versionHash,
        rawBytes: second.rawBytes,
        storedBytes: second.storedBytes,
      });
    }
    expect.assertions(1);
  });

  test("goes on after a damaged head when it may tell of it, and ends there when not", async () => {
    const opened = await storeWithRequests();
    const headKey = toKey(`h/${escapeKeyPart(`request/low/BTC#${start}`)}`);
    const head = await opened.store.refs.read(headKey);
    expect(head).toBeDefined();
    await opened.store.refs.compareAndSet(headKey, head?.token, new Uint8Array([1, 2, 3]));
    await expect(keysOf(opened)).rejects.toMatchObject({ code: "data-integrity" });
    const errors: Error[] = [];
    let count = 0;
    const onDamaged = (error: Error): void => void errors.push(error);
    for await (const batch of opened.predictions.list({}, { onDamaged })) count += batch.length;
    expect([count, errors.length]).toEqual([17, 1]);
  });
});

describe("labels", () => {
  test("are kept as they were written, with their order and all versions", async () => {
    const { predictions } = await openTestStore();
    expect(await predictions.labels()).toEqual([]);
    expect(await predictions.setLabels([SYNTH_LOW, SYNTH_HIGH])).toEqual({
      version: 1,
      changed: true,
    });
    expect(await predictions.labels()).toEqual([SYNTH_LOW, SYNTH_HIGH]);
    const [low] = await predictions.labels();
    expect(Object.keys(low?.intervals ?? {})).toEqual(Object.keys(SYNTH_LOW.intervals));
    expect(await predictions.setLabels([SYNTH_LOW, SYNTH_HIGH])).toMatchObject({ changed: false });
    expect(await predictions.setLabels([SYNTH_LOW])).toEqual({ version: 2, changed: true });
  });

  test("need different names and sound values", async () => {
    const { predictions } = await openTestStore();
    const wrong = { code: "invalid-label" };
    await expect(predictions.setLabels([SYNTH_LOW, SYNTH_LOW])).rejects.toMatchObject(wrong);
    const endless = { ...SYNTH_LOW, timeIncrementSeconds: 0 };
    await expect(predictions.setLabels([endless])).rejects.toMatchObject(wrong);
  });
});
