/**
 * How a store is opened.
 *
 * - `create`: makes the folder (which may be there, but empty) into a new store and opens it for writing.
 * - `write`: opens a store that is there.
 * - `read`: opens a store that is there; every write fails with `read-only`. Also works on read-only media.
 */
export type LmdbStoreMode = "create" | "write" | "read";
