import type { DocumentValue } from "@foretile/codecs/msgpack";
import type { CallOptions } from "@foretile/storage";
import { CONFIG_KIND, openDocument } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { CONFIG_KEY } from "./keys.ts";
import type { LibraryContext } from "./library-context.ts";

/** What a library is, fixed when it is made. */
export interface LibraryConfig {
  /** 26 characters, unlike any other library's. */
  readonly id: string;
  readonly createdAtMs: number;
}

/**
 * Makes the library's config record.
 *
 * @throws {VersionStoreError} `library-exists`
 */
export async function createConfig(
  context: LibraryContext,
  options?: CallOptions,
): Promise<LibraryConfig> {
  const config = { id: context.ids.nextId(), createdAtMs: Math.floor(context.clock.nowMs()) };
  const value: DocumentValue = { id: config.id, created_at_ms: config.createdAtMs };
  const bytes = context.documents.seal(CONFIG_KIND.code, CONFIG_KIND.version, value);
  const result = await context.refs.compareAndSet(CONFIG_KEY, undefined, bytes, options);
  if (!result.swapped) {
    throw new VersionStoreError("library-exists", "the store holds a library already");
  }
  return config;
}

/**
 * Reads the library's config record.
 *
 * @throws {VersionStoreError} `not-a-library`, `format-too-new`, `data-integrity`
 */
export async function readConfig(
  context: LibraryContext,
  options?: CallOptions,
): Promise<LibraryConfig> {
  const ref = await context.refs.read(CONFIG_KEY, options);
  if (ref === undefined) {
    throw new VersionStoreError("not-a-library", "the store holds no library; create one first");
  }
  const value = openDocument(context.documents, CONFIG_KIND, ref.value, CONFIG_KEY);
  const reader = new DocumentReader(value, "library config");
  return { id: reader.text("id"), createdAtMs: reader.integer("created_at_ms") };
}
