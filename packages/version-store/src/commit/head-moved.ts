import type { CallOptions } from "@foretile/storage";
import { readHead, type HeadState } from "../head/head-record.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";

/**
 * Versions and pages that a newer head does without may be collected while somebody still follows the older one: what
 * looks like damage is then only a lost race.
 */
export async function headMoved(
  context: LibraryContext,
  symbol: string,
  state: HeadState | undefined,
  options?: CallOptions,
): Promise<boolean> {
  const now = await readHead(context, headKey(symbol), symbol, options);
  return now?.token !== state?.token;
}
