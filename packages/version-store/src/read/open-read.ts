import { contentOf } from "../content/content.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Version } from "../version/read-version.ts";
import { resolveVersion, type ResolveOptions } from "../version/resolve-version.ts";
import { ReadRequest, type Portion } from "./read-request.ts";
import { firstRowSince } from "./first-row-since.ts";

/** Which version to read, and what of it. */
export interface ReadOptions extends ResolveOptions, Portion {
  /**
   * Only rows that were appended after this version. The versions since then, up to the one that is read, must all be
   * appends and changes of metadata.
   */
  readonly since?: number | undefined;
}

/** A version that was resolved, and a request that fits it. */
export interface OpenRead {
  readonly version: Version;
  readonly request: ReadRequest;
}

/** Resolves what is to be read; nothing of the value itself is fetched yet. */
export async function openRead(
  context: LibraryContext,
  symbol: string,
  options: ReadOptions,
): Promise<OpenRead> {
  const { columns, members, dateRange, rowRange, since } = options;
  const version = await resolveVersion(context, symbol, options);
  const content = contentOf(context.handlers, version.manifest);
  const least =
    since === undefined ? 0 : await firstRowSince(context, version, content, since, options);
  return {
    version,
    request: new ReadRequest(content, { columns, members, dateRange, rowRange }, least),
  };
}
