import { expect, test } from "vitest";
import { requestKey } from "../../src/index.ts";
import { deleteClaimed, type DeletedBytes } from "../../src/saving/index.ts";
import { request, validAnswer } from "../store/open-test-store.ts";
import { openTestSaver, type TestSaver } from "./open-saver.ts";

const key = requestKey(request);
const claim = { label: request.label, deletedBeforeMs: 2, atMs: 2 };

async function deleteAll(saver: TestSaver): Promise<DeletedBytes["status"][]> {
  const statuses: DeletedBytes["status"][] = [];
  for await (const { status } of deleteClaimed(saver, claim)) statuses.push(status);
  return statuses;
}

test("the publication of a deleted request goes, once it is claimed", async () => {
  await using saver = await openTestSaver();
  await saver.saver.save({ request, answers: () => [validAnswer(1)] });
  const id = (await saver.catalog.findRequest(request))?.id;
  if (id === undefined) throw new Error("not saved");
  await saver.catalog.softDelete([id], { reason: "thinned", atMs: 1 });
  expect(await saver.predictions.read(key)).toMatchObject({ version: 1 });
  expect(await deleteAll(saver)).toEqual(["deleted"]);
  await expect(saver.predictions.read(key)).rejects.toMatchObject({ code: "no-such-request" });
  expect(await deleteAll(saver)).toEqual([]);
});

test("a claim whose confirmation was lost is taken up again", async () => {
  await using saver = await openTestSaver();
  await saver.saver.save({ request, answers: () => [validAnswer(1)] });
  const id = (await saver.catalog.findRequest(request))?.id;
  if (id === undefined) throw new Error("not saved");
  await saver.catalog.softDelete([id], { reason: "thinned", atMs: 1 });
  const forgetful = { ...saver, catalog: { ...saver.catalog, confirmDeletions: async () => [] } };
  expect(await deleteAll(forgetful)).toEqual(["deleted"]);
  expect(await deleteAll(saver)).toEqual(["gone"]);
  expect(await deleteAll(saver)).toEqual([]);
});

test("a publication that is newer than the claim stays", async () => {
  await using saver = await openTestSaver();
  await saver.saver.save({ request, answers: () => [validAnswer(1)] });
  const id = (await saver.catalog.findRequest(request))?.id;
  if (id === undefined) throw new Error("not saved");
  await saver.catalog.softDelete([id], { reason: "thinned", atMs: 1 });
  // Published and not yet catalogued.
  await saver.predictions.publish(request, [validAnswer(2)]);
  expect(await deleteAll(saver)).toEqual(["republished"]);
  expect(await saver.predictions.read(key)).toMatchObject({ version: 2 });
});
