import type { CallOptions } from "@foretile/storage";
import { isExpired, listIntents } from "../collect/running-transactions.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { wholeMessage } from "./check-visitor.ts";
import type { Finding } from "./finding.ts";

/**
 * Looks at the intents of all transactions.
 *
 * @returns ids of the transactions whose intents are there
 */
export async function checkIntents(
  context: LibraryContext,
  add: (finding: Finding) => void,
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  const { sound, damaged } = await listIntents(context, options);
  const nowMs = context.clock.nowMs();
  for (const { key, transactionId, error } of damaged) {
    const message = `${wholeMessage(error)}; it holds collections up`;
    add({ severity: "error", kind: "intent", key, transactionId, message });
  }
  for (const state of sound) {
    if (!isExpired(state, nowMs)) continue;
    const { transactionId, kind, symbols, snapshot } = state.intent;
    const [symbol] = symbols;
    const message = `a transaction that outlived its lifetime left it behind kind=${kind}; a collection gives it up`;
    add({ severity: "warning", kind: "stale-intent", transactionId, symbol, snapshot, message });
  }
  return new Set([
    ...sound.map(({ intent }) => intent.transactionId),
    ...damaged.map(({ transactionId }) => transactionId),
  ]);
}
