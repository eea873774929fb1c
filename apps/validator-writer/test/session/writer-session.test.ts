import { StorageError } from "@foretile/storage";
import { expect, test } from "vitest";

import {
  announced,
  breakable,
  openSessionFixture,
  noFault,
  silenced,
  tileAnswer,
} from "../support/session.ts";
import { keyOf } from "../support/small-request.ts";

test("what was accepted is in the published version, and a later answer of a miner wins", async () => {
  const { session, predictions } = await openSessionFixture();
  expect(await session.open(announced("r1"))).toBe("opened");
  const open = session.find("r1");
  await open.accept(tileAnswer(1, 10));
  await open.accept(tileAnswer(2, 20));
  await open.accept(tileAnswer(1, 11));
  const published = await session.publish("r1");
  expect(published).toMatchObject({ replaced: 1, result: { key: keyOf(), version: 1 } });
  const stored = await predictions.read(keyOf());
  expect(stored.answers.map(({ minerId }) => minerId)).toEqual([1001, 1002]);
  expect((await stored.readTile(1001))[0]).toBe(11);
});

test("opening is idempotent for equal contents, also at the same time", async () => {
  const { session } = await openSessionFixture();
  const results = await Promise.all([1, 2, 3].map(() => session.open(announced("r1"))));
  expect(results.sort()).toEqual(["already-open", "already-open", "opened"]);
  expect(session.openRequests()).toHaveLength(1);
});

test("an id stands for one request while it is open and after it was published", async () => {
  const { session } = await openSessionFixture();
  await session.open(announced("r1"));
  await expect(session.open(announced("r1", 1))).rejects.toMatchObject({
    code: "request-conflict",
  });
  await session.publish("r1");
  await expect(session.open(announced("r1", 1))).rejects.toMatchObject({
    code: "request-conflict",
  });
});

test("open requests are bounded, and publishing makes room", async () => {
  const { session } = await openSessionFixture({ maxOpenRequests: 2 });
  await session.open(announced("r1", 1));
  await session.open(announced("r2", 2));
  await expect(session.open(announced("r3", 3))).rejects.toMatchObject({ code: "too-many-open" });
  await session.publish("r1");
  expect(await session.open(announced("r3", 3))).toBe("opened");
});

test("a request of an unknown label or of other sizes than its label is refused", async () => {
  const { session } = await openSessionFixture();
  const { id, request } = announced("r1");
  await expect(session.open({ id, request: { ...request, label: "other" } })).rejects.toMatchObject(
    { code: "unknown-label" },
  );
  await expect(session.open({ id, request: { ...request, simulations: 5 } })).rejects.toMatchObject(
    { code: "invalid-request" },
  );
  expect(session.openRequests()).toEqual([]);
  expect(await session.open({ id, request })).toBe("opened");
});

test("opening that fails fails for everyone who waits for it", async () => {
  const { session } = await openSessionFixture();
  const { id, request } = announced("r1");
  const other = { id, request: { ...request, label: "other" } };
  const results = await Promise.allSettled([session.open(other), session.open(other)]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(session.openRequests()).toEqual([]);
});

test("publishing again gives the same result until the id is opened again", async () => {
  const { session } = await openSessionFixture();
  await session.open(announced("r1"));
  await session.find("r1").accept(tileAnswer(1, 10));
  const [first, second] = await Promise.all([session.publish("r1"), session.publish("r1")]);
  expect(second).toBe(first);
  expect(await session.publish("r1")).toBe(first);
  expect(() => session.find("r1")).toThrow("already published");

  await session.open(announced("r1"));
  await session.find("r1").accept(tileAnswer(2, 20));
  const amended = await session.publish("r1");
  expect(amended.result).toMatchObject({ version: 2, answers: { valid: 2, invalid: 0 } });
});

test("an id is refused for answers from the moment its publishing starts", async () => {
  const { session } = await openSessionFixture();
  await session.open(announced("r1"));
  const publishing = session.publish("r1");
  expect(() => session.find("r1")).toThrow("already published");
  expect(await session.open(announced("r1"))).toBe("opened");
  await publishing;
  expect(session.find("r1").counts.miners).toBe(0);
});

test("answers that are on their way when publishing starts are part of the version", async () => {
  const { session } = await openSessionFixture();
  await session.open(announced("r1"));
  const open = session.find("r1");
  const accepted = [1, 2, 3, 4].map((miner) => open.accept(tileAnswer(miner, miner)));
  const published = await session.publish("r1");
  await Promise.all(accepted);
  expect(published.result?.answers).toEqual({ valid: 4, invalid: 0 });
});

test("an abandoned request leaves nothing and frees its id", async () => {
  const { session, predictions } = await openSessionFixture();
  await session.open(announced("r1"));
  await session.find("r1").accept(tileAnswer(1, 10));
  await session.abandon("r1");
  expect(() => session.find("r1")).toThrow("no such request is open");
  await expect(predictions.read(keyOf())).rejects.toMatchObject({ code: "no-such-request" });
  expect(await session.open(announced("r1", 5))).toBe("opened");
});

test("unknown ids are refused everywhere", async () => {
  const { session } = await openSessionFixture();
  expect(() => session.find("r9")).toThrow("no such request is open");
  await expect(session.publish("r9")).rejects.toMatchObject({ code: "unknown-request" });
  await expect(session.abandon("r9")).rejects.toMatchObject({ code: "unknown-request" });
});

test("an answer that cannot be stored costs nothing else and may be sent again", async () => {
  const broken = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  await session.open(announced("r1"));
  const open = session.find("r1");
  await open.accept(tileAnswer(1, 10));
  broken.value = new StorageError("full", "no room left");
  await expect(open.accept(tileAnswer(2, 20))).rejects.toBe(broken.value);
  expect(session.find("r1").counts).toEqual({ miners: 1, replaced: 0 });

  broken.value = undefined;
  await open.accept(tileAnswer(2, 20));
  expect(await session.publish("r1")).toMatchObject({ replaced: 0, result: { version: 1 } });
  const stored = await predictions.read(keyOf());
  expect((await stored.readTile(1001))[0]).toBe(10);
  expect((await stored.readTile(1002))[0]).toBe(20);
});

test("a publish that fails leaves the request open with its answers", async () => {
  const broken = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => breakable(store, broken),
  });
  await session.open(announced("r1"));
  await session.find("r1").accept(tileAnswer(1, 10));
  broken.value = new StorageError("full", "no room left");
  const failed = await Promise.allSettled([session.publish("r1"), session.publish("r1")]);
  expect(failed).toMatchObject([{ reason: broken.value }, { reason: broken.value }]);
  await expect(session.publish("r1")).rejects.toBe(broken.value);
  await expect(predictions.read(keyOf())).rejects.toMatchObject({ code: "no-such-request" });

  broken.value = undefined;
  expect(await session.open(announced("r1"))).toBe("already-open");
  await session.find("r1").accept(tileAnswer(2, 20));
  const { result } = await session.publish("r1");
  expect(result).toMatchObject({ version: 1, changed: true, answers: { valid: 2 } });
});

test("a publish that nobody knows the end of closes the request; sending it again is safe", async () => {
  const fault = noFault();
  const { session, predictions } = await openSessionFixture({
    wrap: (store) => silenced(store, fault),
  });
  await session.open(announced("r1"));
  await session.find("r1").accept(tileAnswer(1, 10));
  fault.value = new StorageError("timeout", "reply lost", { retry: "unknown-outcome" });
  await expect(session.publish("r1")).rejects.toMatchObject({ code: "commit-outcome-unknown" });
  expect(session.openRequests()).toEqual([]);
  expect(() => session.find("r1")).toThrow("send the request and its answers again");
  await expect(session.publish("r1")).rejects.toMatchObject({ code: "request-failed" });

  fault.value = undefined;
  expect((await predictions.read(keyOf())).version).toBe(1);
  expect(await session.open(announced("r1"))).toBe("opened");
  await session.find("r1").accept(tileAnswer(1, 10));
  expect((await session.publish("r1")).result).toMatchObject({ version: 1, changed: false });
});

test("a request that others published with other sizes is let go of", async () => {
  const { session, predictions } = await openSessionFixture();
  const { id, request } = announced("r1");
  await session.open({ id, request });
  await session.find(id).accept(tileAnswer(1, 10));
  const other = await predictions.begin({ ...request, simulations: 5 });
  await other.publish();
  await expect(session.publish(id)).rejects.toMatchObject({ code: "request-mismatch" });
  expect(session.openRequests()).toEqual([]);
  await expect(session.publish(id)).rejects.toMatchObject({ code: "unknown-request" });
});
