import type { CallOptions, Key, RefToken } from "@foretile/storage";
import type { DocumentValue } from "@foretile/codecs/msgpack";
import { INTENT_KIND, openDocument, sealKind } from "../document/document-kind.ts";
import { DocumentReader } from "../document/document-reader.ts";
import { createRecord } from "../library/create-record.ts";
import { intentKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { VersionStoreError } from "../version-store-error.ts";

/**
 * What a transaction does.
 *
 * - `commit`: makes versions out of what it uploads and of versions that are live in the head it changes
 * - `edit`: removes versions from a head
 * - `restore`: makes a version out of one that a snapshot pins
 * - `snapshot`: makes a snapshot out of versions that are live in their heads
 * - `stage`: uploads segments that a later commit will use
 */
export type IntentKind = "commit" | "edit" | "restore" | "snapshot" | "stage";

const kinds: ReadonlySet<string> = new Set<IntentKind>([
  "commit",
  "edit",
  "restore",
  "snapshot",
  "stage",
]);

/**
 * Says that a transaction runs. It is stored before the first upload, so that whoever finds its blobs can tell a
 * running transaction from one that died; a collector that gives a transaction up says so here first.
 */
export interface Intent {
  readonly transactionId: string;
  readonly kind: IntentKind;
  /** The symbols whose heads it may change. */
  readonly symbols: readonly string[];
  /** The snapshot it makes. */
  readonly snapshot: string | undefined;
  readonly startedAtMs: number;
  /** Its owner stops by itself this long after `startedAtMs`. */
  readonly lifetimeMs: number;
  readonly state: "running" | "aborted";
}

export interface IntentState {
  readonly intent: Intent;
  readonly token: RefToken;
}

/**
 * @returns the token by which the intent can be changed
 * @throws {VersionStoreError} `transaction-expired` when a collector gave the transaction up before its owner was told
 *   that the intent is there; the owner's clock and the collector's are far apart then
 */
export async function writeIntent(
  context: LibraryContext,
  intent: Intent,
  options?: CallOptions,
): Promise<RefToken> {
  const key = intentKey(intent.transactionId);
  const bytes = sealIntent(context, intent);
  const token = await createRecord(context.refs, key, bytes, options);
  if (token !== undefined) return token;
  const found = await readIntent(context, intent.transactionId, options);
  if (found === undefined || found.intent.state === "aborted") {
    throw new VersionStoreError(
      "transaction-expired",
      `transaction was given up as it began; check the clocks and start again transaction=${intent.transactionId}`,
      { retry: "safe", details: { transaction: intent.transactionId } },
    );
  }
  throw new VersionStoreError(
    "invalid-argument",
    `transaction id was used before transaction=${intent.transactionId}`,
  );
}

/** `undefined` for a transaction that is over. */
export async function readIntent(
  context: LibraryContext,
  transactionId: string,
  options?: CallOptions,
): Promise<IntentState | undefined> {
  const key = intentKey(transactionId);
  const ref = await context.refs.read(key, options);
  return ref && { intent: decodeIntentBytes(context, ref.value, key), token: ref.token };
}

/** Replaces an intent. @returns whether it still was in the state named by `token` */
export async function replaceIntent(
  context: LibraryContext,
  { intent, token }: IntentState,
  change: Partial<Pick<Intent, "state" | "startedAtMs">>,
  options?: CallOptions,
): Promise<RefToken | undefined> {
  const bytes = sealIntent(context, { ...intent, ...change });
  const key = intentKey(intent.transactionId);
  const result = await context.refs.compareAndSet(key, token, bytes, options);
  return result.swapped ? result.token : undefined;
}

/**
 * Closes a transaction: nothing of it runs any more.
 *
 * @param known the intent's token as far as is known; it is looked up when it is not that
 */
export async function deleteIntent(
  context: LibraryContext,
  transactionId: string,
  options?: CallOptions,
  known?: RefToken,
): Promise<void> {
  const key = intentKey(transactionId);
  if (known !== undefined) {
    const result = await context.refs.compareAndSet(key, known, undefined, options);
    if (result.swapped) return;
  }
  for (;;) {
    const ref = await context.refs.read(key, options);
    if (ref === undefined) return;
    const result = await context.refs.compareAndSet(key, ref.token, undefined, options);
    if (result.swapped) return;
  }
}

export function decodeIntentBytes(context: LibraryContext, bytes: Uint8Array, key: Key): Intent {
  const reader = new DocumentReader(
    openDocument(context.documents, INTENT_KIND, bytes, key),
    "intent",
  );
  const kind = reader.text("kind");
  const state = reader.text("state");
  if (!kinds.has(kind) || (state !== "running" && state !== "aborted")) {
    throw new VersionStoreError("data-integrity", `intent has an unknown kind or state key=${key}`);
  }
  return {
    transactionId: reader.text("transaction"),
    kind: kind as IntentKind,
    symbols: reader.texts("symbols"),
    snapshot: reader.optional("snapshot", () => reader.text("snapshot")),
    startedAtMs: reader.integer("started_at_ms"),
    lifetimeMs: reader.integer("lifetime_ms"),
    state,
  };
}

/** An intent as it is stored. */
export function sealIntent(context: Pick<LibraryContext, "documents">, intent: Intent): Uint8Array {
  const value: DocumentValue = {
    transaction: intent.transactionId,
    kind: intent.kind,
    symbols: intent.symbols,
    snapshot: intent.snapshot ?? null,
    started_at_ms: intent.startedAtMs,
    lifetime_ms: intent.lifetimeMs,
    state: intent.state,
  };
  return sealKind(context.documents, INTENT_KIND, value);
}
