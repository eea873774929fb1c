import type { CallOptions } from "@foretile/storage";
import { checkCommitOptions } from "../commit/commit-options.ts";
import { deleteIntent, readIntent } from "../commit/intent.ts";
import { Transaction } from "../commit/transaction.ts";
import { sameForm } from "../content/content.ts";
import { inOrder } from "../content/in-order.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { checkMetadata } from "../write/check-metadata.ts";
import { commitCounted, type StoreResult } from "../write/store-result.ts";
import type { FinalizeOptions } from "./finalize-options.ts";
import { Finalizing } from "./finalizing.ts";
import { readToken, type StagedRows } from "./stage-token.ts";

/** Most tokens of one version. */
const MAX_TOKENS = 1000;

/** So many intents are looked at or deleted at a time. */
const MAX_INTENTS = 16;

/**
 * Makes one version of staged rows. Nothing is copied but blocks whose ranges overlap, with the order `merge`, and rows
 * that are cut across in another way than the value they are appended to.
 *
 * Every segment is looked for in the store before anything is published. Afterwards the tokens are used up: whoever
 * uses one again is told `transaction-expired`.
 *
 * @param tokens what `stage` gave for this symbol
 * @throws {VersionStoreError} `invalid-argument` for anything but tokens of the symbol, each once;
 *   `transaction-expired` for rows that were finalized, given up, or outlived their lifetime; `schema-mismatch` when the
 *   rows do not fit each other or the value; `unsorted-append` when they overlap or come before the value's last row;
 *   `data-integrity` when staged segments are gone; and as `write` and `append`
 */
export async function finalize(
  context: LibraryContext,
  symbol: string,
  tokens: readonly unknown[],
  options: FinalizeOptions,
): Promise<StoreResult> {
  checkCommitOptions(options);
  checkChoice("mode", options.mode, ["write", "append"]);
  checkChoice("order", options.order ?? "merge", ["assert-disjoint", "merge"]);
  const metadata = checkMetadata(options.metadata);
  const staged = readTokens(context, symbol, tokens);
  await using transaction = await Transaction.begin(context, symbol, options);
  for (const { transaction: id } of staged) transaction.adopt(id);
  await forEachStage(staged, (id, call) => checkStaged(context, symbol, id, call), options);
  const finalizing = new Finalizing(context, transaction, staged, { ...options, metadata });
  await finalizing.prepare();
  const result = await commitCounted(transaction, (base) => finalizing.build(base), {
    ...options,
    skipUnchanged: finalizing.isEmptyAppend,
  });
  try {
    await forEachStage(staged, (id) => deleteIntent(context, id));
    return result;
  } catch (error) {
    // A failure to close must not look like a failure to commit.
    return { ...result, cleanupError: error as Error };
  }
}

function readTokens(
  context: LibraryContext,
  symbol: string,
  tokens: readonly unknown[],
): readonly [StagedRows, ...StagedRows[]] {
  if (tokens.length > MAX_TOKENS) {
    throw new VersionStoreError(
      "invalid-argument",
      `too many tokens for one version, finalize in parts limit=${MAX_TOKENS} found=${tokens.length}`,
    );
  }
  const [first, ...others] = tokens.map((token) => readToken(context, token, symbol));
  if (first === undefined) {
    throw new VersionStoreError("invalid-argument", "there is nothing to finalize without tokens");
  }
  const transactions = new Set([first, ...others].map(({ transaction }) => transaction));
  if (transactions.size <= others.length) {
    throw new VersionStoreError("invalid-argument", "a token is given twice");
  }
  for (const { content } of others) {
    const { handler, form } = first.content;
    if (content.handler === handler && sameForm(content.form, form)) continue;
    throw new VersionStoreError(
      "schema-mismatch",
      "staged rows differ in kind, columns, types or grid; stage all of them in one form",
    );
  }
  return [first, ...others];
}

function checkChoice(name: string, found: string, known: readonly string[]): void {
  if (known.includes(found)) return;
  throw new VersionStoreError(
    "invalid-argument",
    `${name} must be ${known.join(" or ")} ${name}=${JSON.stringify(found)}`,
  );
}

/** A token could name any transaction: only one that staged rows of this symbol may be built upon. */
async function checkStaged(
  context: LibraryContext,
  symbol: string,
  transaction: string,
  options: CallOptions,
): Promise<void> {
  const state = await readIntent(context, transaction, options);
  if (state?.intent.state !== "running") {
    throw new VersionStoreError(
      "transaction-expired",
      `staged rows were used already or given up; stage them again transaction=${transaction}`,
      { details: { transaction } },
    );
  }
  const { kind, symbols } = state.intent;
  if (kind === "stage" && symbols.includes(symbol)) return;
  throw new VersionStoreError(
    "invalid-argument",
    `token names a transaction that staged nothing for the symbol transaction=${transaction}`,
    { details: { transaction } },
  );
}

async function forEachStage(
  staged: readonly StagedRows[],
  run: (transaction: string, options: CallOptions) => Promise<void>,
  options?: CallOptions,
): Promise<void> {
  const bounds = { maxItems: MAX_INTENTS, maxWeight: Infinity, weightOf: () => 0 };
  const ids = staged.map(({ transaction }) => transaction);
  for await (const _ of inOrder(ids, run, bounds, options)) options?.signal?.throwIfAborted();
}
