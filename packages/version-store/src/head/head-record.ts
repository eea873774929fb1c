import type { CallOptions, Key, RefToken } from "@foretile/storage";
import { HEAD_KIND, openDocument, sealKind } from "../document/document-kind.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeHead, encodeHead, type Head } from "./head.ts";

/** A head as it was read, with the token that a change of it must present. */
export interface HeadState {
  readonly head: Head;
  readonly token: RefToken;
}

/** Reads a symbol's head, or `undefined` when the symbol never had a version. */
export async function readHead(
  context: LibraryContext,
  key: Key,
  symbol: string,
  options?: CallOptions,
): Promise<HeadState | undefined> {
  const ref = await context.refs.read(key, options);
  if (ref === undefined) return undefined;
  const head = decodeHeadBytes(context, ref.value, key);
  if (head.symbol !== symbol) {
    throw new VersionStoreError(
      "data-integrity",
      `head belongs to another symbol symbol=${symbol} found=${head.symbol}`,
      { details: { key } },
    );
  }
  return { head, token: ref.token };
}

export function decodeHeadBytes(context: LibraryContext, bytes: Uint8Array, key: Key): Head {
  return decodeHead(openDocument(context.documents, HEAD_KIND, bytes, key));
}

/** @throws {VersionStoreError} `invalid-argument` when the head would be too large to be read back */
export function sealHead(context: LibraryContext, head: Head): Uint8Array {
  return sealKind(context.documents, HEAD_KIND, encodeHead(head));
}
