import type { Readable, Writable } from "node:stream";

import type { Clock } from "@foretile/resilience";

/** Where a program writes; `isTTY` on a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where a program reads; `isTTY` on a terminal. */
export type InputStream = Readable & { readonly isTTY?: boolean };

/** The machine as a program sees it. Tests pass their own, so every program runs inside a test process too. */
export interface ProgramContext {
  /** The program's name, for messages. */
  readonly name: string;
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted by SIGINT and SIGTERM, and when the reader of the output goes away. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How the program will exit if nothing fails. A command that found something sets it. */
  exitCode: number;
}
