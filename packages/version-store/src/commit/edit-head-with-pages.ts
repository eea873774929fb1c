import type { CallOptions } from "@foretile/storage";
import type { Head } from "../head/head.ts";
import { headKey } from "../library/keys.ts";
import type { LibraryContext } from "../library/library-context.ts";
import { isVersionStoreError } from "../version-store-error.ts";
import { editHead, type HeadEdit } from "./edit-head.ts";
import { Workspace } from "./workspace.ts";

/** What an edit left. */
export interface EditResult {
  /** The head as it is afterwards, `undefined` when there is none. */
  readonly head: Head | undefined;
  /** Why pages that nothing needs, or the intent, could not be removed; harmless garbage for a later collection. */
  readonly cleanupError?: Error;
}

/**
 * Like `editHead`, for an edit that stores pages: they go to `workspace`, whose intent says that the edit runs. What no
 * head can point at is deleted afterwards, and nothing else.
 *
 * @param edit stores its pages in the workspace it is given
 * @throws {VersionStoreError} `invalid-argument` for what cannot be a name, `read-only-library`, `transaction-expired`,
 *   `concurrent-modification`, `commit-outcome-unknown`: its pages and its intent are left in place then
 */
export async function editHeadWithPages(
  context: LibraryContext,
  symbol: string,
  edit: (head: Head | undefined, workspace: Workspace) => ReturnType<HeadEdit>,
  options?: CallOptions,
): Promise<EditResult> {
  headKey(symbol);
  const workspace = await Workspace.open(context, {
    kind: "edit",
    symbols: [symbol],
    lifetimeMs: context.config.times.transactionLifetimeMs,
    signal: options?.signal,
  });
  let changed = false;
  let head: Head | undefined;
  try {
    const editWithPages: HeadEdit = async (current) => {
      const next = await edit(current, workspace);
      changed = next !== undefined;
      return next;
    };
    head = await editHead(context, symbol, editWithPages, { ...options, workspace });
  } catch (error) {
    if (!isVersionStoreError(error, "commit-outcome-unknown")) {
      // What cannot be removed now is left to a collection; the edit's own failure is the one to tell.
      await workspace.close([]).catch(() => undefined);
    }
    throw error;
  }
  // A failure to clean up must not look like a failure to edit.
  try {
    await workspace.close(changed ? workspace.attemptKeys : []);
    return { head };
  } catch (error) {
    return { head, cleanupError: error as Error };
  }
}
