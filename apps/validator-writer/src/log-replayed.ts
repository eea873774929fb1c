import { describeError } from "@foretile/app-kit";
import type { ReplayOutcome } from "@foretile/prediction-store/saving";
import type { Logger } from "pino";

/** Logs what became of a request of the journal. */
export function logReplayed(logger: Logger, outcome: ReplayOutcome): void {
  const { status, entry } = outcome;
  const fields = { journal_entry: entry.number, journal_bytes: entry.bytes };
  if (status === "saved") {
    logger.info({ ...fields, key: outcome.key }, "request of the journal saved");
    return;
  }
  const { message } = describeError(outcome.error);
  if (status === "waiting") logger.warn(fields, `requests wait in the journal: ${message}`);
  else
    logger.error(fields, `request of the journal can never be saved, and is set aside: ${message}`);
}
