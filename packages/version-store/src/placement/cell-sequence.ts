import { retryAdvice } from "@foretile/resilience";
import { MAX_LOST_RACES, pauseAfterLostRace } from "../commit/lost-race.ts";
import { CELL_SEQUENCE_KIND, openDocument, sealKind } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { CELL_SEQUENCE_KEY } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * Gives out a timestamp for cells: later than any that was given out before, and not before the wall clock, so that
 * rules about the age of cells, and readers that take the newest one, work beside cells of other writers. A clock that is
 * ahead pushes the sequence forward for everybody; one that is behind cannot pull it back.
 *
 * What becomes of an unanswered change does not matter: another timestamp is taken then.
 *
 * @returns whole milliseconds, in microseconds
 * @throws {VersionStoreError} `concurrent-modification`
 */
export async function nextCellTime(context: LibraryContext): Promise<number> {
  const { refs, documents, clock } = context;
  for (let lostRaces = 0; lostRaces < MAX_LOST_RACES; lostRaces += 1) {
    if (lostRaces > 0) await pauseAfterLostRace(context, lostRaces);
    const ref = await refs.read(CELL_SEQUENCE_KEY);
    const last = ref === undefined ? 0 : lastOf(context, ref.value);
    const next = Math.max(last + 1, Math.floor(clock.nowMs()));
    const bytes = sealKind(documents, CELL_SEQUENCE_KIND, { last_ms: next });
    try {
      const { swapped } = await refs.compareAndSet(CELL_SEQUENCE_KEY, ref?.token, bytes);
      if (swapped) return next * 1000;
    } catch (error) {
      if (retryAdvice(error) === "never") throw error;
    }
  }
  throw new VersionStoreError(
    "concurrent-modification",
    `others kept taking timestamps for cells attempts=${MAX_LOST_RACES}`,
    { retry: "safe", details: { attempts: MAX_LOST_RACES } },
  );
}

function lastOf({ documents }: LibraryContext, bytes: Uint8Array): number {
  const value = openDocument(documents, CELL_SEQUENCE_KIND, bytes, CELL_SEQUENCE_KEY);
  return new DocumentReader(value, CELL_SEQUENCE_KIND.name).integer("last_ms");
}
