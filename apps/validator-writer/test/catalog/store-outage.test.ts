import { RequestSaver, SpillJournal } from "@foretile/prediction-store/saving";
import { systemIds } from "@foretile/resilience/system";
import { StorageError } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { expect, test } from "vitest";

import { JournalReplay } from "../../src/session/journal-replay.ts";
import { WriterSession } from "../../src/session/writer-session.ts";
import { listenWith } from "../support/listening-app.ts";
import { breakable, noFault, openSessionFixture } from "../support/session.ts";
import { answerDocument, keyOf, requestDocument } from "../support/small-request.ts";

test("a store that goes away costs no call; what waits is told, and saved when it is back", async () => {
  await using folder = await temporaryFolder();
  const broken = noFault();
  const { predictions } = await openSessionFixture({ wrap: (store) => breakable(store, broken) });
  await using journal = await SpillJournal.open({ folder: folder.path, ids: systemIds });
  const saver = new RequestSaver({ predictions, journal });
  const session = new WriterSession(predictions, { maxOpenRequests: 10, saver });
  await session.start();
  const statuses: string[] = [];
  const onOutcome = ({ status }: { status: string }): unknown => statuses.push(status);
  const replay = new JournalReplay({ saver, journal, onOutcome });
  await using server = await listenWith(session, { replay });
  await server.call("POST", "/v1/requests", requestDocument("r1"));
  const send = (miner: number) =>
    server.call("POST", "/v1/requests/r1/answers", answerDocument(0, miner));
  expect(await send(1)).toMatchObject({ status: 202 });
  broken.value = new StorageError("unavailable", "gone");
  expect(await send(2)).toMatchObject({ status: 202 });
  expect(await server.call("POST", "/v1/requests/r1/publish")).toMatchObject({
    status: 202,
    body: { status: "spilled", key: keyOf(), journal_entry: 1, message: "gone" },
  });
  expect(await replay.run()).toMatchObject({ requests: 1 });
  expect(await server.call("GET", "/readyz")).toMatchObject({
    status: 200,
    body: { status: "ready", journal: { waiting_requests: 1 } },
  });

  broken.value = undefined;
  expect(await replay.run()).toMatchObject({ requests: 0 });
  expect(statuses).toEqual(["waiting", "saved"]);
  const { answers } = await predictions.read(keyOf());
  expect(answers.map(({ minerId }) => minerId)).toEqual([1001, 1002]);
});
