import { toKey, type Store } from "@foretile/storage";
import { describe, expect, test } from "vitest";
import { requestKey, SYNTH_LOW, type PredictionStore, type VerifyEvent } from "../../src/index.ts";
import {
  blobKeys,
  flipByte,
  invalidAnswer,
  openTestStore,
  request,
  tamper,
  validAnswer,
  type TestStore,
} from "../store/open-test-store.ts";

async function filledStore(): Promise<TestStore> {
  const opened = await openTestStore();
  const { predictions } = opened;
  await predictions.setLabels([SYNTH_LOW]);
  await predictions.publish(request, [validAnswer(1), invalidAnswer(2), validAnswer(3)]);
  await predictions.publish(request, [validAnswer(1, 11)]);
  await predictions.writeScores({
    requestKey: requestKey(request),
    requestVersion: 2,
    requestVersionHash: "00",
    scoredBy: "test",
    pricesHash: "00",
    missingPriceCount: 0,
    miners: [],
  });
  return opened;
}

async function verify(predictions: PredictionStore): Promise<VerifyEvent[]> {
  const events: VerifyEvent[] = [];
  for await (const event of predictions.verify()) events.push(event);
  return events;
}

async function refKeys(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of store.refs.list({})) keys.push(...batch.map(({ key }) => key));
  return keys;
}

describe("verify", () => {
  test("finds a sound store sound and reads every segment once", async () => {
    const { predictions, store } = await filledStore();
    const events = await verify(predictions);
    expect(events.map((event) => [event.type, event.symbol])).toEqual([
      ["checked", "labels"],
      ["checked", "request/test/BTC#1512475200"],
      ["checked", "scores/test/BTC#1512475200"],
    ]);
    const segments = await blobKeys(store, "s/");
    expect(events[1]).toMatchObject({ versions: 2, segments: segments.length });
  });

  test("reports damage in every single blob, and what it is", async () => {
    const { predictions, store } = await filledStore();
    const what = { s: "tile", m: "version", v: "version" };
    for (const key of await blobKeys(store)) {
      await tamper(store, key, flipByte(40));
      const damaged = (await verify(predictions)).filter(({ type }) => type === "damaged");
      expect(damaged.length).toBeGreaterThan(0);
      expect(damaged[0]).toMatchObject({ what: what[key[0] as keyof typeof what] });
      await tamper(store, key, flipByte(40));
    }
    expect((await verify(predictions)).filter(({ type }) => type === "damaged")).toEqual([]);
  });

  test("reports a damaged head and goes on", async () => {
    const { predictions, store } = await filledStore();
    for (const name of (await refKeys(store)).filter((key) => key.startsWith("h/"))) {
      const key = toKey(name);
      const head = await store.refs.read(key);
      if (head === undefined) throw new Error("the head was listed");
      await store.refs.compareAndSet(key, head.token, flipByte(30)(head.value));
      const events = await verify(predictions);
      expect(events.filter(({ type }) => type === "damaged")).toEqual([
        expect.objectContaining({ what: "head", key }),
      ]);
      expect(events).toHaveLength(3);
      const damaged = await store.refs.read(key);
      await store.refs.compareAndSet(key, damaged?.token, head.value);
    }
  });

  test("names the version and the miner of a damaged tile", async () => {
    const { predictions, store } = await filledStore();
    const [first = ""] = await blobKeys(store, "s/");
    await tamper(store, first, () => undefined);
    const damaged = (await verify(predictions)).filter(({ type }) => type === "damaged");
    expect(damaged).toEqual([
      expect.objectContaining({
        what: "tile",
        symbol: "request/test/BTC#1512475200",
        key: first,
        message: expect.stringContaining("miner_id=") as string,
      }),
    ]);
  });
});
