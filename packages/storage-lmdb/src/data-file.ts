import { open, type FileHandle } from "node:fs/promises";
import { endianness } from "node:os";

import { StorageError } from "@foretile/storage";

import { allPagesPresent } from "./page-walk.ts";

/*
 * LMDB trusts its file: it maps what a meta page names, and a page beyond the end of the file ends the process with
 * SIGBUS. So the two meta pages are read here first. Fields and offsets: `MDB_page_header`, `MDB_db` and `MDB_meta` of
 * lmdb-js 2.9 (data version 2), in the byte order of the machine, which LMDB does not convert either.
 */
const META_BYTES = 160;
const PAGE_FLAGS_OFFSET = 18;
const META_PAGE = 0x08;
const MAGIC_OFFSET = 24;
const MAGIC = 0xbeefc0de;
const VERSION_OFFSET = 28;
const DATA_VERSION = 2;
const PAGE_BYTES_OFFSET = 48;
const FREE_ROOT_OFFSET = 88;
const MAIN_ROOT_OFFSET = 136;
const LAST_PAGE_OFFSET = 144;
const TRANSACTION_OFFSET = 152;
const little = endianness() === "LE";

/** How often a file that others change is looked at again before they are believed. */
const MAX_LOOKS = 5;

/** What the file says about itself. */
export type DataFile =
  /** No transaction ever began: what a process leaves that was killed while it made the store. */
  | { readonly kind: "empty" }
  | {
      readonly kind: "lmdb";
      /**
       * Bytes by which the file is shorter than its page count. LMDB does not write pages at its end that the same
       * transaction took and gave back; nobody needs them.
       */
      readonly missingBytes: number;
    };

interface Meta {
  readonly pageBytes: number;
  readonly roots: readonly bigint[];
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/**
 * Looks at the head of an LMDB data file and, where the file is shorter than it says, whether what is missing is needed.
 *
 * @throws {StorageError} `not-a-store` for another kind of file, `damaged`
 */
export async function readDataFile(path: string): Promise<DataFile> {
  await using file = await open(path, "r");
  if ((await file.stat()).size === 0) return { kind: "empty" };

  for (let look = 1; ; look += 1) {
    const meta = await readNewestMeta(file, path);
    // The size comes after: another process may be writing, and a meta page is written after the pages it names.
    const { size } = await file.stat();
    const expected = (meta.lastPage + 1n) * BigInt(meta.pageBytes);
    if (expected <= BigInt(size)) return { kind: "lmdb", missingBytes: 0 };

    const missingBytes = Number(expected - BigInt(size));
    const { pageBytes, roots } = meta;
    const pageCount = BigInt(Math.floor(size / pageBytes));
    if (await allPagesPresent(file, roots, { pageBytes, pageCount, little })) {
      return { kind: "lmdb", missingBytes };
    }
    const changed = (await readNewestMeta(file, path)).transaction !== meta.transaction;
    if (!changed) {
      throw new StorageError(
        "damaged",
        `data file was cut off path=${path} missing=${missingBytes}`,
      );
    }
    // Somebody commits while we look, and writes over the pages of the snapshot: LMDB itself reads the file then.
    if (look === MAX_LOOKS) return { kind: "lmdb", missingBytes };
  }
}

/** Lengthens a file by zeros, so that mapped pages at its end exist. Appending can overwrite nothing. */
export async function padDataFile(path: string, missingBytes: number): Promise<void> {
  await using file = await open(path, "a");
  await file.appendFile(new Uint8Array(missingBytes));
}

async function readNewestMeta(file: FileHandle, path: string): Promise<Meta> {
  const first = await readMeta(file, 0);
  if (first === undefined) {
    throw new StorageError("not-a-store", `file is no LMDB data file path=${path}`);
  }
  const second = await readMeta(file, first.pageBytes);
  if (second?.pageBytes !== first.pageBytes) {
    throw new StorageError("damaged", `second meta page of the store is damaged path=${path}`);
  }
  return second.transaction > first.transaction ? second : first;
}

async function readMeta(file: FileHandle, position: number): Promise<Meta | undefined> {
  const view = new DataView(new ArrayBuffer(META_BYTES));
  const { bytesRead } = await file.read(view, 0, META_BYTES, position);
  const pageBytes = view.getUint32(PAGE_BYTES_OFFSET, little);
  if (
    bytesRead < META_BYTES ||
    (view.getUint16(PAGE_FLAGS_OFFSET, little) & META_PAGE) === 0 ||
    view.getUint32(MAGIC_OFFSET, little) !== MAGIC ||
    (view.getUint32(VERSION_OFFSET, little) & 0xffff) !== DATA_VERSION ||
    pageBytes < 512 ||
    pageBytes > 65_536
  ) {
    return undefined;
  }
  return {
    pageBytes,
    roots: [FREE_ROOT_OFFSET, MAIN_ROOT_OFFSET].map((offset) => view.getBigUint64(offset, little)),
    lastPage: view.getBigUint64(LAST_PAGE_OFFSET, little),
    transaction: view.getBigUint64(TRANSACTION_OFFSET, little),
  };
}
