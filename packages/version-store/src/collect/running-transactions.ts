import type { CallOptions, Key, RefEntry } from "@foretile/storage";
import { decodeIntentBytes, type IntentState } from "../commit/intent.ts";
import { INTENT_RANGE, intentKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { isDamage } from "./damage.ts";

/** An intent that cannot be read: what its transaction does is unknown, so it counts as running. */
export interface DamagedIntent {
  readonly key: Key;
  readonly transactionId: string;
  readonly error: Error;
}

/** All intents, as they were during one listing. */
export interface ListedIntents {
  readonly sound: readonly IntentState[];
  readonly damaged: readonly DamagedIntent[];
}

export async function listIntents(
  context: LibraryContext,
  { signal }: CallOptions = {},
): Promise<ListedIntents> {
  const sound: IntentState[] = [];
  const damaged: DamagedIntent[] = [];
  for await (const refs of context.refs.list(INTENT_RANGE, { signal })) {
    for (const ref of refs) {
      try {
        sound.push(openIntent(context, ref));
      } catch (error) {
        if (!isDamage(error)) throw error;
        damaged.push({ key: ref.key, transactionId: ref.key.slice("i/".length), error });
      }
    }
  }
  return { sound, damaged };
}

function openIntent(context: LibraryContext, { key, value, token }: RefEntry): IntentState {
  const intent = decodeIntentBytes(context, value, key);
  if (intentKey(intent.transactionId) === key) return { intent, token };
  throw new VersionStoreError(
    "data-integrity",
    `intent belongs to another transaction key=${key} found=${intent.transactionId}`,
    { details: { key } },
  );
}

/** How far clocks may differ before a transaction that still runs is taken for one that died. */
const LIFETIME_MARGIN = 1.1;

/** Whether a transaction is given up by now, or should be: its owner stopped by itself unless clocks differ much. */
export function isExpired({ intent }: IntentState, nowMs: number): boolean {
  return (
    intent.state === "aborted" || nowMs > intent.startedAtMs + LIFETIME_MARGIN * intent.lifetimeMs
  );
}
