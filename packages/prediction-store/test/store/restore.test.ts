import { assert, describe, expect, test } from "vitest";
import { requestKey } from "../../src/index.ts";
import {
  bitsOf,
  blobKeys,
  invalidAnswer,
  openTestStore,
  readAll,
  request,
  tamper,
  validAnswer,
  walk,
  type TestStore,
} from "./open-test-store.ts";

const key = requestKey(request);
const symbol = `request/${key}`;

/** The request in two versions: miner 1 with one tile, then with another and miner 2 beside it. */
async function twoVersions(): Promise<TestStore> {
  const opened = await openTestStore();
  await opened.predictions.publish(request, [validAnswer(1), invalidAnswer(3)]);
  await opened.predictions.publish(request, [validAnswer(1, 11), validAnswer(2)]);
  return opened;
}

describe("versions", () => {
  test("tell the snapshots that pin them", async () => {
    const { library, predictions } = await twoVersions();
    await library.snapshot("before", { versions: { [symbol]: 1 } });
    await library.snapshot("after");
    await library.snapshot("again");
    const versions = await predictions.listVersions(key);
    expect(versions.map(({ version, snapshots }) => [version, snapshots])).toEqual([
      [2, ["after", "again"]],
      [1, ["before"]],
    ]);
  });

  test("of a deleted request are those that snapshots pin, and none without", async () => {
    const { library, predictions } = await twoVersions();
    await library.snapshot("kept", { versions: { [symbol]: 1 } });
    await library.delete(symbol);
    expect(await predictions.listVersions(key)).toMatchObject([
      { version: 1, snapshots: ["kept"] },
    ]);
    await library.deleteSnapshot("kept");
    await library.deleteVersion(symbol, 1);
    await expect(predictions.listVersions(key)).rejects.toMatchObject({ code: "no-such-request" });
  });
});

describe("restore", () => {
  test("makes an earlier version the newest and stores no tile again", async () => {
    const { store, predictions } = await twoVersions();
    const [, first] = await predictions.listVersions(key);
    assert(first !== undefined);
    const segments = await blobKeys(store, "s/");
    const { versionHash } = first;
    expect(await predictions.restore(key, 1)).toEqual({ version: 3, versionHash, changed: true });
    expect(await blobKeys(store, "s/")).toEqual(segments);
    const tiles = await readAll(await predictions.read(key));
    expect(tiles).toEqual(new Map([[1, bitsOf(walk(1))]]));
    // Versions go on from there.
    await predictions.publish(request, [validAnswer(5)]);
    expect([...(await readAll(await predictions.read(key))).keys()]).toEqual([1, 5]);
  });

  test("of the newest version changes nothing", async () => {
    const { predictions } = await twoVersions();
    expect(await predictions.restore(key, -1)).toMatchObject({ version: 2, changed: false });
    expect(await predictions.listVersions(key)).toHaveLength(2);
  });

  test("takes back what a snapshot pins of a deleted request", async () => {
    const { library, predictions } = await twoVersions();
    await library.snapshot("kept");
    await library.delete(symbol);
    await expect(predictions.read(key)).rejects.toMatchObject({ code: "no-such-request" });
    expect(await predictions.restore(key, "kept")).toMatchObject({ version: 4, changed: true });
    expect((await predictions.read(key)).version).toBe(4);
  });

  test("says when there is nothing to restore, and makes no version", async () => {
    const { predictions } = await twoVersions();
    await expect(predictions.restore(key, 7)).rejects.toMatchObject({
      code: "no-such-request",
      message: expect.stringContaining("as_of=7"),
    });
    await expect(predictions.restore(key, "none")).rejects.toMatchObject({
      code: "no-such-snapshot",
    });
    const other = requestKey({ ...request, asset: "ETH" });
    await expect(predictions.restore(other, 1)).rejects.toMatchObject({ code: "no-such-request" });
    await expect(predictions.restore("nonsense", 1)).rejects.toMatchObject({
      code: "invalid-request",
    });
    expect(await predictions.listVersions(key)).toHaveLength(2);
  });

  test("says when the version is damaged", async () => {
    const { store, predictions } = await twoVersions();
    for (const document of await blobKeys(store, "v/"))
      await tamper(store, document, () => undefined);
    await expect(predictions.restore(key, 1)).rejects.toMatchObject({ code: "damaged" });
  });
});
