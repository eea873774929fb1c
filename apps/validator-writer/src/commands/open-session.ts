import {
  catalogUrlOf,
  describeError,
  openCatalog,
  openPredictions,
  type OpenedPredictions,
  type ProgramContext,
} from "@foretile/app-kit";
import { isCatalogError } from "@foretile/catalog";
import type { PackingSettings } from "@foretile/prediction-store";
import { RequestSaver, SpillJournal, type ReplayOutcome } from "@foretile/prediction-store/saving";
import { systemIds } from "@foretile/resilience/system";

import { JournalReplay } from "../session/journal-replay.ts";
import { LateCatalog } from "../session/late-catalog.ts";
import { WriterSession } from "../session/writer-session.ts";
import type { WriterOptions } from "./writer-options.ts";

/** A session on an opened store. Disposing it closes the catalog and the store. */
export interface OpenedSession extends AsyncDisposable {
  readonly session: WriterSession;
  /** How answers are packed for the store. */
  readonly packingSettings: PackingSettings;
  /** Missing without a journal. */
  readonly replay: JournalReplay | undefined;
}

/** What a session tells while it goes. */
export interface SessionListener {
  /** What became of a request of the journal. */
  readonly onReplayed: (outcome: ReplayOutcome) => void;
  /** The catalog is away; the journal keeps what it is to be told. */
  readonly onCatalogAway: (message: string) => void;
}

/**
 * Opens the store of a URL for writing, and the catalog and the journal that the options name.
 *
 * @throws as `openPredictions`: the store has to be there
 * @throws as `openCatalog`; with a journal not when the catalog is away
 */
export async function openSession(
  url: string,
  context: ProgramContext,
  options: WriterOptions,
  listener: SessionListener,
): Promise<OpenedSession> {
  const catalogUrl = catalogUrlOf(options, context);
  const { codec: mode, journal: folder, journalBytes: maxBytes } = options;
  await using opening = new AsyncDisposableStack();
  const opened = opening.use(await openPredictions(url, "write", { mode, signal: context.signal }));
  const { predictions } = opened;
  const journal =
    folder === undefined
      ? undefined
      : opening.use(await SpillJournal.open({ folder, ids: systemIds, maxBytes }));
  const catalog = catalogUrl === undefined ? undefined : lateCatalog(catalogUrl, opened, context);
  if (catalog !== undefined) {
    opening.use(catalog);
    await openNow(catalog, journal !== undefined, listener);
  }
  const saver = new RequestSaver({ predictions, catalog, journal });
  const session = new WriterSession(predictions, { ...options, saver });
  await session.start();
  const replay = journal && new JournalReplay({ saver, journal, onOutcome: listener.onReplayed });
  const resources = opening.move();
  const { packingSettings } = predictions;
  return {
    session,
    packingSettings,
    replay,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function lateCatalog(url: string, opened: OpenedPredictions, context: ProgramContext): LateCatalog {
  // The end publishes what is open: the catalog is still needed when the signal is aborted.
  const { clock } = context;
  return new LateCatalog(() => openCatalog(url, opened, "write", { clock }));
}

async function openNow(
  catalog: LateCatalog,
  hasJournal: boolean,
  { onCatalogAway }: SessionListener,
): Promise<void> {
  try {
    await catalog.open();
  } catch (error) {
    if (!hasJournal || !isCatalogError(error, "unavailable", "timeout")) throw error;
    onCatalogAway(describeError(error).message);
  }
}
