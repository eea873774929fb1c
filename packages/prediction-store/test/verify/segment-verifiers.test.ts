import { PredictionStoreError, createSegmentVerifiers } from "../../src/index.ts";
import type { Library, SegmentEntry, SegmentVerifier } from "@foretile/version-store";
import { assert, expect, test } from "vitest";
import { requestKey } from "../../src/index.ts";
import {
  blobKeys,
  flipByte,
  openTestStore,
  request,
  tamper,
  validAnswer,
} from "../store/open-test-store.ts";

const symbol = `request/${requestKey(request)}`;

async function tileVerifier(): Promise<SegmentVerifier> {
  const verify = (await createSegmentVerifiers()).get("prediction");
  assert(verify !== undefined);
  return verify;
}

async function readSegments(library: Library): Promise<(readonly [Uint8Array, SegmentEntry])[]> {
  const { manifest } = await library.resolve(symbol);
  return Promise.all(
    manifest.segments.map(async (entry) => [await library.readSegment(entry), entry] as const),
  );
}

test.each(["raw", "lz4", "pack"] as const)(
  "tiles in mode %s are what was published",
  async (mode) => {
    const { library, predictions } = await openTestStore({ mode });
    await predictions.publish(request, [validAnswer(1), validAnswer(2)]);
    const verify = await tileVerifier();
    const segments = await readSegments(library);
    expect(segments).toHaveLength(6);
    for (const [bytes, entry] of segments) await verify(bytes, entry);
  },
);

test("whichever byte of a frame is another, it is damaged", async () => {
  const { library, predictions } = await openTestStore();
  await predictions.publish(request, [validAnswer(1)]);
  const verify = await tileVerifier();
  const [, , last] = await readSegments(library);
  assert(last !== undefined);
  const [bytes, entry] = last;
  for (let index = 0; index < bytes.length; index += 1) {
    expect(() => verify(flipByte(index)(bytes), entry), `byte ${index}`).toThrow(/./);
  }
  const cut = bytes.subarray(0, bytes.length - 1);
  expect(() => verify(cut, entry)).toThrow(PredictionStoreError);
  expect(() => verify(cut, entry)).toThrow(/^tile frame is damaged key=s\//);
});

test("a sound frame of another tile is none of this entry", async () => {
  const { library, predictions } = await openTestStore();
  await predictions.publish(request, [validAnswer(1), validAnswer(2)]);
  const verify = await tileVerifier();
  const [first, , , second] = await readSegments(library);
  assert(first !== undefined && second !== undefined);
  expect(() => verify(second[0], first[1])).toThrow(/^another tile frame was published key=s\//);
});

test("a check of the library verifies every tile with them", async () => {
  const { store, library, predictions } = await openTestStore();
  await predictions.publish(request, [validAnswer(1), validAnswer(2)]);
  const verifiers = await createSegmentVerifiers();
  expect(await library.fsck({ level: 2, verifiers })).toMatchObject({
    healthy: true,
    findings: [],
    verified: { blobs: 6 },
  });
  const [damagedKey] = await blobKeys(store, "s/");
  assert(damagedKey !== undefined);
  await tamper(store, damagedKey, flipByte(90));
  const { healthy, findings } = await library.fsck({ level: 2, verifiers });
  expect(healthy).toBe(false);
  expect(findings).toMatchObject([{ severity: "error", kind: "segment", symbol, key: damagedKey }]);
});
