/**
 * Saves requests end to end: tiles, version, catalog; and what to do when one of them is away.
 *
 * ```ts
 * import { RequestSaver, SpillJournal } from "@foretile/prediction-store/saving";
 * import { systemIds } from "@foretile/resilience/system";
 *
 * await using journal = await SpillJournal.open({ folder: "./spill", ids: systemIds });
 * const saver = new RequestSaver({ predictions, catalog, journal });
 * const outcome = await saver.save({ request, answers: () => answers });
 * for await (const replayed of saver.replay()) log(replayed.status);
 * ```
 *
 * @module
 */
export { deleteClaimed, type DeletedBytes } from "./delete-claimed.ts";
export type { FinishOutcome, OpenSave } from "./open-save.ts";
export {
  RequestSaver,
  type ReplayOutcome,
  type RequestSaverOptions,
  type RequestToSave,
  type SaveOutcome,
} from "./request-saver.ts";
export {
  SpillJournal,
  type SpilledEntry,
  type SpillEntry,
  type SpillJournalOptions,
} from "./spill-journal.ts";
export type { SpilledAnswer, SpilledRequest } from "./spill-records.ts";
export type { SpillWriter } from "./spill-writer.ts";
