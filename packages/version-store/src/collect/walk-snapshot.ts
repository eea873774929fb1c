import type { Key, RefEntry } from "@foretile/storage";
import { snapshotKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { readSnapshotPage } from "../snapshot/snapshot-page.ts";
import {
  decodeSnapshotBytes,
  type SnapshotPagePointer,
  type SnapshotRecord,
} from "../snapshot/snapshot-record.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { isDamage, type Damage } from "./damage.ts";
import { runBounded } from "./run-bounded.ts";
import type { SymbolSelection } from "./symbol-selection.ts";
import { READS_AT_ONCE, type Walk } from "./walk.ts";
import { walkVersion } from "./walk-version.ts";

/**
 * Walks everything that one snapshot record pins.
 *
 * @param symbols only versions of these, and only the pages that may name them; default: all
 */
export async function walkSnapshot(
  walk: Walk,
  ref: RefEntry,
  symbols?: SymbolSelection,
): Promise<void> {
  await walk.untilStable(ref, (value, damages) => walkOnce(walk, ref.key, value, symbols, damages));
}

/**
 * Decodes a record and checks that it is where it belongs.
 *
 * @throws {VersionStoreError} `data-integrity`, `format-too-new`
 */
export function openSnapshot(context: LibraryContext, key: Key, value: Uint8Array): SnapshotRecord {
  const record = decodeSnapshotBytes(context, value, key);
  if (snapshotKey(record.name) === key) return record;
  throw new VersionStoreError(
    "data-integrity",
    `snapshot record belongs to another name key=${key} found=${JSON.stringify(record.name)}`,
    { details: { key } },
  );
}

async function walkOnce(
  walk: Walk,
  key: Key,
  value: Uint8Array,
  symbols: SymbolSelection | undefined,
  damages: Damage[],
): Promise<void> {
  let record: SnapshotRecord;
  try {
    record = openSnapshot(walk.context, key, value);
  } catch (error) {
    if (!isDamage(error)) throw error;
    damages.push({ what: "snapshot", key, error });
    return;
  }
  walk.visitor.snapshot?.(record);
  const dropped = record.dropped.filter((set) => walk.visitor.droppedSet(record, set));
  for (const { pages } of record.current === undefined ? dropped : [record.current, ...dropped]) {
    const names = symbols?.names;
    const wanted = names === undefined ? pages : pagesOf(pages, names);
    await runBounded(wanted, READS_AT_ONCE, async (page) => {
      await walkPage(walk, record.name, page, symbols, damages);
    });
  }
}

/** The pages that name any of the symbols, if the pages name them at all. */
function pagesOf(
  pages: readonly SnapshotPagePointer[],
  names: ReadonlySet<string>,
): ReadonlySet<SnapshotPagePointer> {
  const wanted = new Set<SnapshotPagePointer>();
  for (const symbol of names) {
    const page = pages.findLast(({ firstSymbol }) => firstSymbol <= symbol);
    if (page !== undefined) wanted.add(page);
  }
  return wanted;
}

async function walkPage(
  walk: Walk,
  snapshot: string,
  pointer: SnapshotPagePointer,
  symbols: SymbolSelection | undefined,
  damages: Damage[],
): Promise<void> {
  await walk.through(
    pointer.page,
    { what: "snapshot-page", snapshot },
    damages,
    () => readSnapshotPage(walk.context, pointer, walk.options),
    async (pins) => {
      let allSound = true;
      await runBounded(pins, READS_AT_ONCE, async ({ symbol, entry }) => {
        if (symbols !== undefined && !symbols.has(symbol)) return;
        const place = { symbol, version: entry.version, snapshot };
        const { sound } = await walkVersion(walk, place, entry, damages);
        if (!sound) allSound = false;
      });
      return allSound;
    },
  );
}
