import { SpillJournal } from "../../src/saving/index.ts";
import { request, validAnswer } from "../store/open-test-store.ts";

// Keeps requests until it is killed, and tells each once it is acknowledged.
const [folder = ""] = process.argv.slice(2);
const journal = await SpillJournal.open({ folder });
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
