import type { IncomingHttpHeaders } from "node:http";

import { WriterError } from "../writer-error.ts";
import type { BearerCheck } from "./bearer-token.ts";
import { isLoopbackAddress } from "./listen-address.ts";

/**
 * Decides who may call, from the headers of the call.
 *
 * @throws {WriterError} `unauthorized`, `forbidden`
 */
export type CallerGuard = (headers: IncomingHttpHeaders) => void;

/** With a token every call has to bring it. */
export function guardByToken(check: BearerCheck): CallerGuard {
  return (headers) => {
    if (!check(headers.authorization)) {
      throw new WriterError("unauthorized", "bearer token is missing or wrong");
    }
  };
}

/**
 * Without a token the loopback address is the fence, and a browser on this machine is inside it: pages from elsewhere
 * can send simple calls there (they carry an `origin`) or make their own name point there (they carry its `host`).
 */
export const guardAgainstWebPages: CallerGuard = (headers) => {
  if (headers.origin !== undefined) {
    throw new WriterError("forbidden", "calls from web pages are refused");
  }
  if (!isLocalName(headers.host ?? "")) {
    throw new WriterError("forbidden", "host must be localhost or a loopback address");
  }
};

function isLocalName(host: string): boolean {
  const url = URL.parse(`http://${host}`);
  if (url === null) return false;
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || isLoopbackAddress(name);
}
