import { open, type FileHandle } from "node:fs/promises";

import { StorageError } from "@foretile/storage";

/*
 * LMDB trusts its file: it maps what a meta page names, and a page beyond the end of the file ends the process with
 * SIGBUS. So the two meta pages are read here first. Fields and offsets: `MDB_page_header`, `MDB_db` and `MDB_meta` of
 * lmdb-js 3.5 (data version 2) in the byte order of the machine, which LMDB does not convert either.
 */
const META_BYTES = 168;
const PAGE_FLAGS_OFFSET = 18;
const META_PAGE_FLAG = 0x08;
const MAGIC_OFFSET = 24;
const MAGIC = 0xbeefc0de;
const VERSION_OFFSET = 28;
const DATA_VERSION = 2;
const PAGE_BYTES_OFFSET = 48;
const LAST_PAGE_OFFSET = 144;
const TRANSACTION_OFFSET = 152;

/**
 * How far a whole file may end before its last page: LMDB does not write pages that the same transaction took and gave
 * back. More than a transaction can hold is missing by accident.
 */
const MAX_MISSING_BYTES = 256 * 1024 * 1024;

/** What the file says about itself. */
export type DataFile =
  /** No transaction ever began: what a process leaves that was killed while it made the store. */
  | { readonly kind: "empty" }
  | {
      readonly kind: "lmdb";
      /** Bytes by which the file is shorter than its page count. */
      readonly missingBytes: number;
    };

interface Meta {
  readonly pageBytes: number;
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/**
 * Looks at the head of an LMDB data file.
 *
 * @throws {StorageError} `not-a-store` for another kind of file, `damaged`
 */
export async function readDataFile(path: string): Promise<DataFile> {
  await using file = await open(path, "r");
  if ((await file.stat()).size === 0) return { kind: "empty" };

  const first = await readMeta(file, 0);
  if (first === undefined) {
    throw new StorageError("not-a-store", `file is no LMDB data file path=${path}`);
  }
  const second = await readMeta(file, first.pageBytes);
  if (second?.pageBytes !== first.pageBytes) {
    throw new StorageError("damaged", `second meta page of the store is damaged path=${path}`);
  }

  const newest = second.transaction > first.transaction ? second : first;
  const expected = (newest.lastPage + 1n) * BigInt(newest.pageBytes);
  // The size comes last: another process may be writing, and a meta page is written after the pages it names.
  const missing = expected - BigInt((await file.stat()).size);
  if (missing > MAX_MISSING_BYTES) {
    throw new StorageError("damaged", `data file was cut off path=${path} missing=${missing}`);
  }
  return { kind: "lmdb", missingBytes: missing > 0n ? Number(missing) : 0 };
}

/** Lengthens a file by zeros, so that mapped pages at its end exist. Appending can overwrite nothing. */
export async function padDataFile(path: string, missingBytes: number): Promise<void> {
  await using file = await open(path, "a");
  await file.appendFile(new Uint8Array(missingBytes));
}

async function readMeta(file: FileHandle, position: number): Promise<Meta | undefined> {
  const bytes = Buffer.alloc(META_BYTES);
  const { bytesRead } = await file.read(bytes, 0, META_BYTES, position);
  const view = new DataView(bytes.buffer, bytes.byteOffset, META_BYTES);
  const little = new Uint8Array(Uint16Array.of(1).buffer, 0, 1)[0] === 1;
  if (
    bytesRead < META_BYTES ||
    (view.getUint16(PAGE_FLAGS_OFFSET, little) & META_PAGE_FLAG) === 0 ||
    view.getUint32(MAGIC_OFFSET, little) !== MAGIC ||
    (view.getUint32(VERSION_OFFSET, little) & 0xffff) !== DATA_VERSION
  ) {
    return undefined;
  }
  const pageBytes = view.getUint32(PAGE_BYTES_OFFSET, little);
  if (pageBytes < 512 || pageBytes > 65_536) return undefined;
  return {
    pageBytes,
    lastPage: view.getBigUint64(LAST_PAGE_OFFSET, little),
    transaction: view.getBigUint64(TRANSACTION_OFFSET, little),
  };
}
