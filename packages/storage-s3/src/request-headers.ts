import { md5Of } from "./digests.ts";

/* Headers that the SDK has no parameter for. They are set before the request is signed. */

interface BuildArguments {
  readonly request: unknown;
}

interface MiddlewareStack {
  add(
    middleware: <A extends BuildArguments, R>(
      next: (args: A) => Promise<R>,
    ) => (args: A) => Promise<R>,
    options: { readonly step: "build"; readonly name: string },
  ): void;
}

interface HeaderRequest {
  headers: Record<string, string>;
  body?: unknown;
}

/** Adds one header to the request of `command`. */
export function addHeader(
  command: { readonly middlewareStack: unknown },
  name: string,
  value: string,
): void {
  changeRequest(command, "foretileHeader", (request) => {
    request.headers[name] = value;
  });
}

/** Adds `Content-MD5`, without which older servers refuse to delete several objects. */
export function addContentMd5(command: { readonly middlewareStack: unknown }): void {
  changeRequest(command, "foretileContentMd5", (request) => {
    if (typeof request.body !== "string") return;
    request.headers["content-md5"] = md5Of(Buffer.from(request.body)).toString("base64");
  });
}

function changeRequest(
  command: { readonly middlewareStack: unknown },
  name: string,
  change: (request: HeaderRequest) => void,
): void {
  const stack = command.middlewareStack as MiddlewareStack;
  stack.add(
    (next) => (args) => {
      change(args.request as HeaderRequest);
      return next(args);
    },
    { step: "build", name },
  );
}
