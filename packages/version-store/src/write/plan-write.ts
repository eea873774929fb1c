import type { Block } from "../content/block.ts";
import type { Content } from "../content/content.ts";
import { contentId } from "../segment/content-id.ts";
import { equalBytes } from "../document/content-hash.ts";
import { countJoined, isSmall } from "./merge-policy.ts";
import type { PlannedBlock } from "./store-blocks.ts";
import type { WrittenValue } from "./written-value.ts";

interface SharedBlock extends PlannedBlock {
  readonly shared: Block;
}

/**
 * Cuts a value into blocks so that as many as possible are those of the version before: where that one's own cuts give
 * blocks of the same content, these are used again, whatever cut them; everything between them is cut by the policy.
 *
 * Rows after the last block that is used again count as appended: they join small blocks before them, so that writing a
 * value that grows leaves no more blocks than appending to it.
 *
 * @param base the version before; must have the same form
 */
export function* planWrite(
  written: WrittenValue,
  base: Content | undefined,
): Generator<PlannedBlock, void, undefined> {
  const { value, rows, rowsPerBlock } = written;
  const known = new KnownIds();
  let smallShared: SharedBlock[] = [];
  let offset = 0;
  let stored = 0;
  for (const block of base?.blocks ?? []) {
    const range = { from: offset, to: offset + block.rows };
    offset = range.to;
    if (range.to > rows) break;
    if (!holdsSame(written, block, range.from, known)) continue;
    if (stored < range.from) {
      yield* smallShared;
      smallShared = [];
      yield* cut(stored, range.from);
    }
    stored = range.to;
    smallShared.push({ spans: [{ value, rows: range }], shared: block });
    if (isSmall(block.rows, rowsPerBlock)) continue;
    yield* smallShared;
    smallShared = [];
  }
  const blocks = smallShared.map(({ shared }) => shared);
  const joined = countJoined(blocks, rows - stored, rowsPerBlock);
  yield* smallShared.slice(0, smallShared.length - joined);
  const [first] = smallShared.slice(smallShared.length - joined);
  yield* cut(first?.spans[0]?.rows.from ?? stored, rows);

  function* cut(from: number, to: number): Generator<PlannedBlock, void, undefined> {
    for (let start = from; start < to; start += rowsPerBlock) {
      const range = { from: start, to: Math.min(to, start + rowsPerBlock) };
      yield { spans: [{ value, rows: range }], known: known.of(range.from, range.to) };
    }
  }
}

/** Whether rows of the value are what a block holds, bit for bit. */
function holdsSame(
  { handler, lanes, value }: WrittenValue,
  block: Block,
  from: number,
  known: KnownIds,
): boolean {
  const rows = { from, to: from + block.rows };
  if (block.segments.length !== lanes.length) return false;
  return block.segments.every(({ content }, lane) => {
    const id = contentId(handler.encodeLane(value, lanes[lane] ?? null, rows));
    known.add(rows.from, rows.to, lane, id);
    return equalBytes(id, content);
  });
}

/** Content ids found while looking for blocks to share: mostly those of blocks that are stored then. */
class KnownIds {
  readonly #ids = new Map<string, (Uint8Array | undefined)[]>();

  add(from: number, to: number, lane: number, id: Uint8Array): void {
    const key = `${from}-${to}`;
    const ids = this.#ids.get(key) ?? [];
    ids[lane] = id;
    this.#ids.set(key, ids);
  }

  /** By lane. */
  of(from: number, to: number): readonly (Uint8Array | undefined)[] {
    return this.#ids.get(`${from}-${to}`) ?? [];
  }
}
