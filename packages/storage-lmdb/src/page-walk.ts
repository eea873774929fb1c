import type { FileHandle } from "node:fs/promises";

/*
 * Just enough of LMDB's pages (`MDB_page_header`, `MDB_node`, `MDB_db` and `MDB_ovpage` of lmdb-js 2.9) to tell which
 * pages of a file are in use.
 */
const HEADER_BYTES = 24;
const FLAGS_OFFSET = 18;
const BRANCH_PAGE = 0x01;
const LEAF_PAGE = 0x02;
const NODE_TABLE_OFFSET = 20;
const NODE_HEADER_BYTES = 8;
const BIG_VALUE = 0x01;
const DATABASE = 0x02;
const DATABASE_ROOT_OFFSET = 40;
/** The root of an empty tree. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

export interface PageWalkOptions {
  readonly pageBytes: number;
  /** Whole pages of the file. */
  readonly pageCount: bigint;
  /** Whether the file, like the machine, is little-endian. */
  readonly little: boolean;
}

/** What a page refers to. */
interface References {
  /** Roots of trees and parts of trees. */
  readonly trees: readonly bigint[];
  /** One above the highest page of a value; 0 for none. */
  readonly valuesEnd: bigint;
}

/**
 * Whether every page that can be reached from `roots` lies inside the file. Reads the trees, not the values.
 *
 * @returns `false` also when something in a tree is no page of a tree
 */
export async function allPagesPresent(
  file: FileHandle,
  roots: readonly bigint[],
  options: PageWalkOptions,
): Promise<boolean> {
  const { pageBytes, pageCount } = options;
  const page = new DataView(new ArrayBuffer(pageBytes));
  const pending = [...roots];
  // No page is in two places, so a walk that is longer than the file goes round in a damaged one.
  let rest = pageCount;
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    if (number === NO_PAGE) continue;
    if (number >= pageCount || rest === 0n) return false;
    rest -= 1n;
    await file.read(page, 0, pageBytes, Number(number) * pageBytes);
    const references = readReferences(page, options);
    if (references === undefined || references.valuesEnd > pageCount) return false;
    pending.push(...references.trees);
  }
  return true;
}

function readReferences(page: DataView, options: PageWalkOptions): References | undefined {
  const { little } = options;
  const isBranch = (page.getUint16(FLAGS_OFFSET, little) & BRANCH_PAGE) !== 0;
  if (!isBranch && (page.getUint16(FLAGS_OFFSET, little) & LEAF_PAGE) === 0) return undefined;
  const trees: bigint[] = [];
  let valuesEnd = 0n;
  try {
    // Places of nodes are counted from the end of the header, two bytes each.
    const nodeCount = page.getUint16(NODE_TABLE_OFFSET, little) >> 1;
    for (let index = 0; index < nodeCount; index += 1) {
      const node = HEADER_BYTES + page.getUint16(HEADER_BYTES + index * 2, little);
      const flags = page.getUint16(node + 4, little);
      const data = node + NODE_HEADER_BYTES + page.getUint16(node + 6, little);
      if (isBranch) {
        trees.push(BigInt(page.getUint32(node, little)) | (BigInt(flags) << 32n));
      } else if ((flags & DATABASE) !== 0) {
        trees.push(page.getBigUint64(data + DATABASE_ROOT_OFFSET, little));
      } else if ((flags & BIG_VALUE) !== 0) {
        const end = page.getBigUint64(data, little) + page.getBigUint64(data + 16, little);
        if (end > valuesEnd) valuesEnd = end;
      }
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a place outside the page
    throw error;
  }
  return { trees, valuesEnd };
}
