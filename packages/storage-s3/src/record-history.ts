import type { Random } from "@foretile/resilience";

/*
 * What a record tells of its past, so that a writer can find out what became of a change of its own: 33 ids of 12 bytes.
 *
 *     0  12  the first state since the object is there
 *    12  12  this state
 *    24 372  the last states of the other writers: of the up to 31 that changed the record last, newest first; zeros
 *            for none
 *
 * An id is 7 random bytes of its writer, which is an open store, and the number of the writer's change, 5 bytes,
 * big-endian, from 1. No two states of a record ever have the same one.
 *
 * A change puts its id in front, takes the writer's earlier one out and lets the last one go where there are too many.
 * So however often others change a record, an id stays until its own writer changes the record again, or 32 other
 * writers have. Ids stand in the order of their changes: none goes while an older one of another writer stays.
 */

const ID_BYTES = 12;
const WRITER_BYTES = 7;
const NUMBER_BYTES = 5;
const WRITERS = 32;

export const HISTORY_BYTES: number = ID_BYTES * (1 + WRITERS);

/** As it is stored. */
export type RecordHistory = Buffer;

/**
 * What a later state tells of a change: that it is among those that led there, that it is not and never will be, or
 * neither.
 */
type ChangeFate = "happened" | "lost" | "untold";

/** A change that was begun and whose outcome is not known yet. */
interface RecordChange extends Disposable {
  /** Of the state that the change makes. */
  readonly history: RecordHistory;
  /** @param later of a state that is not the one the change was made on */
  fateIn(later: RecordHistory): ChangeFate;
}

/** Makes the histories of one open store's changes. */
export interface RecordWriter {
  /**
   * Begins a change of the state with the history `before`, `undefined` for an object that is not there. Whoever begins
   * it disposes of it when its outcome is known.
   */
  begin(before: RecordHistory | undefined): RecordChange;
}

export function createRecordWriter(random: Random): RecordWriter {
  const writer = writerId(random);
  let changes = 0;
  /** Ids of changes under way, and whether another change of this writer was begun on top of each. */
  const underWay = new Map<string, boolean>();

  function nextId(): Buffer {
    const id = Buffer.alloc(ID_BYTES);
    id.set(writer, 0);
    changes += 1;
    id.writeUIntBE(changes, WRITER_BYTES, NUMBER_BYTES);
    return id;
  }

  const mine = (other: Buffer): boolean => other.subarray(0, WRITER_BYTES).equals(writer);

  return {
    begin: (before) => {
      const id = nextId();
      const ids = before === undefined ? [] : stateIds(before);
      for (const earlier of ids.filter(mine)) {
        // From now on the records do not tell of it any more.
        if (underWay.has(keyOf(earlier))) underWay.set(keyOf(earlier), true);
      }
      const first = before === undefined ? id : firstId(before);
      const others = ids.filter((other) => !mine(other));
      const history = historyOf(first, [id, ...others]);
      underWay.set(keyOf(id), false);
      return {
        history,
        fateIn: (later) =>
          underWay.get(keyOf(id)) === true ? "happened" : fateOf(id, first, ids, later),
        [Symbol.dispose]: () => void underWay.delete(keyOf(id)),
      };
    },
  };
}

/** @param before the ids of the state that the change was made on */
function fateOf(
  id: Buffer,
  first: Buffer,
  before: readonly Buffer[],
  later: RecordHistory,
): ChangeFate {
  // The state it was made on is none of this object's; or it would have made the object.
  if (!firstId(later).equals(first)) return "lost";
  const ids = stateIds(later);
  if (first.equals(id) || ids.some((other) => other.equals(id))) return "happened";
  // None was let go yet, or an older one is still there.
  if (ids.length < WRITERS) return "lost";
  return ids.some((other) => before.some((older) => older.equals(other))) ? "lost" : "untold";
}

/** `true` when both are of one state. */
export function sameState(left: RecordHistory, right: RecordHistory): boolean {
  return left.subarray(0, 2 * ID_BYTES).equals(right.subarray(0, 2 * ID_BYTES));
}

/** The bytes of a history up to its last id, and back. */
export const trimmedHistory = {
  of: (history: RecordHistory): Buffer =>
    history.subarray(0, ID_BYTES * (1 + stateIds(history).length)),
  restore: (trimmed: Buffer): RecordHistory => historyOf(trimmed, []),
};

function writerId(random: Random): Buffer {
  const bytes = Buffer.alloc(2 * 4);
  bytes.writeUInt32LE(random.nextUint32(), 0);
  bytes.writeUInt32LE(random.nextUint32(), 4);
  return bytes.subarray(0, WRITER_BYTES);
}

function historyOf(first: Buffer, ids: readonly Buffer[]): RecordHistory {
  const history = Buffer.alloc(HISTORY_BYTES);
  history.set(Buffer.concat([first, ...ids]).subarray(0, HISTORY_BYTES), 0);
  return history;
}

function firstId(history: RecordHistory): Buffer {
  return history.subarray(0, ID_BYTES);
}

/** Without those that are none. */
function stateIds(history: RecordHistory): readonly Buffer[] {
  const ids: Buffer[] = [];
  for (let offset = ID_BYTES; offset < HISTORY_BYTES; offset += ID_BYTES) {
    const id = history.subarray(offset, offset + ID_BYTES);
    if (id.every((byte) => byte === 0)) break;
    ids.push(id);
  }
  return ids;
}

function keyOf(id: Buffer): string {
  return id.toString("latin1");
}
