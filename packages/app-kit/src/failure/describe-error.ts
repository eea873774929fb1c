import { inspect } from "node:util";

import { isProgramFailure } from "./app-error.ts";
import { errorAdvice } from "./error-advice.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** An error for a reader: what happened, what to do, and how the program ends. */
export interface ErrorDescription {
  /** The error's own code, the operating system's (`ENOENT`), or `unexpected`. */
  readonly code: string;
  /** The error's class, such as `StorageError`. */
  readonly type: string;
  /** One line: the message and those of its causes. */
  readonly message: string;
  /** One line: what the user can do. */
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;
}

/** Chains longer than this are cut: a cause may lead back to itself. */
const MAX_CAUSES = 8;

const systemHints: Readonly<Record<string, string>> = {
  ENOENT: "check the path",
  EACCES: "check the owner and the permissions of the file and of this user",
  EPERM: "check the owner and the permissions of the file and of this user",
  EROFS: "the file system is read-only: choose another place",
  ENOSPC: "make room on the disk, then run the same again",
  EADDRINUSE: "another program listens there: choose another port",
};

/**
 * Says in one human line what went wrong, with the causes, and what to do about it.
 *
 * Typed errors of the packages get the advice of the table of errors, errors of programs bring their own, errors of the
 * operating system keep their code; anything else is called unexpected.
 */
export function describeError(error: unknown): ErrorDescription {
  const failure = firstFailure(error);
  const code = codeOf(failure);
  const message = messageChain(failure);
  const type = failure instanceof Error ? failure.name : typeof failure;
  if (code !== undefined && isProgramFailure(failure)) {
    const { hint, exitCode } = failure;
    return { code, type, message, hint, exitCode };
  }
  const advice = code === undefined ? undefined : errorAdvice(type, code);
  if (code !== undefined && advice !== undefined) {
    return { code, type, message, hint: advice.hint, exitCode: advice.exit };
  }
  if (isAbort(failure)) {
    return { code: "interrupted", type, message, hint: undefined, exitCode: EXIT.interrupted };
  }
  if (code !== undefined && isSystemError(failure)) {
    const exitCode = systemExitCode(code);
    return { code, type, message, hint: systemHints[code], exitCode };
  }
  return {
    code: code ?? "unexpected",
    type,
    message: `unexpected failure: ${message}`,
    hint: "run again with FORETILE_DEBUG=1 to see where it happened, and report it",
    exitCode: EXIT.unexpected,
  };
}

/** How a program that ends with `error` exits. */
export function exitCodeOf(error: unknown): ExitCode {
  return describeError(error).exitCode;
}

/** The failure that came first, where cleaning up after it failed as well (`await using` wraps both). */
function firstFailure(error: unknown): unknown {
  let failure = error;
  for (let depth = 0; depth < MAX_CAUSES && failure instanceof SuppressedError; depth += 1) {
    failure = failure.suppressed;
  }
  return failure;
}

function messageChain(error: unknown): string {
  const parts: string[] = [];
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current !== undefined; depth += 1) {
    const text = oneLine(messageOf(current));
    // An error that wraps another often says all that the other says.
    if (!parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(": ") || "no message";
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "string" ? thrown : inspect(thrown);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, " ").trim();
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** Errors of Node's system calls name the call. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function systemExitCode(code: string): ExitCode {
  if (code === "EPIPE") return EXIT.outputClosed;
  return code === "ENOENT" ? EXIT.notFound : EXIT.store;
}
