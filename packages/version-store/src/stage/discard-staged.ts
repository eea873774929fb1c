import type { CallOptions } from "@foretile/storage";
import { readIntent, replaceIntent } from "../commit/intent.ts";
import { ensureWritable } from "../library/ensure-writable.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { readToken } from "./stage-token.ts";

/**
 * Gives staged rows up, so that nobody can finalize them and the next collection deletes them. Does nothing for rows
 * that were finalized or given up before.
 *
 * @param tokens what `stage` gave
 * @throws {VersionStoreError} `invalid-argument` for anything but tokens of the symbol, `read-only-library`
 */
export async function discardStaged(
  context: LibraryContext,
  symbol: string,
  tokens: readonly unknown[],
  options?: CallOptions,
): Promise<void> {
  ensureWritable(context);
  const staged = tokens.map((token) => readToken(context, token, symbol));
  for (const { transaction } of staged) await abortStage(context, transaction, options);
}

async function abortStage(
  context: LibraryContext,
  transaction: string,
  options?: CallOptions,
): Promise<void> {
  for (;;) {
    const state = await readIntent(context, transaction, options);
    if (state?.intent.kind !== "stage" || state.intent.state === "aborted") return;
    // Its segments stay until a collection knows that no version has them.
    const token = await replaceIntent(context, state, { state: "aborted" }, options);
    if (token !== undefined) return;
  }
}
