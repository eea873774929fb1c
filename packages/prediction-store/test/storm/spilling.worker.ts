import { flushCompileCache } from "node:module";
import { openJournal } from "../saving/open-journal.ts";
import { request, validAnswer } from "../store/open-test-store.ts";

// Keeps requests until it is killed, and tells each once it is acknowledged.
// Who is killed has no end at which to keep what was compiled.
flushCompileCache();
const [folder = ""] = process.argv.slice(2);
const journal = await openJournal(folder);
for (let round = 0; ; round += 1) {
  const startUnixSeconds = request.startUnixSeconds + round * 300;
  const spilled = {
    request: { ...request, startUnixSeconds },
    requestedUnixSeconds: undefined,
    publishedVersion: undefined,
  };
  const { number } = await journal.append(
    spilled,
    [1, 2, 3].map((id) => validAnswer(id, round + id)),
  );
  process.stdout.write(`${number} ${round}\n`);
}
