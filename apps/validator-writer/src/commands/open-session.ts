import { openPredictions, type ProgramContext } from "@foretile/app-kit";
import type { TileMode } from "@foretile/codecs";

import { WriterSession } from "../session/writer-session.ts";

/** A session on an opened store. Disposing it closes the store. */
export interface OpenedSession extends AsyncDisposable {
  readonly session: WriterSession;
}

export interface OpenSessionOptions {
  readonly mode: TileMode;
  readonly maxOpenRequests: number;
}

/**
 * Opens the store of a URL for writing.
 *
 * @throws as `openPredictions`: the store has to be there
 */
export async function openSession(
  url: string,
  context: ProgramContext,
  options: OpenSessionOptions,
): Promise<OpenedSession> {
  const { mode } = options;
  const opened = await openPredictions(url, "write", { mode, signal: context.signal });
  return {
    session: new WriterSession(opened.predictions, options),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}
