import { AppError } from "../failure/app-error.ts";

/** What the URLs of a scheme look like whose locations have the form `//A/B/C?name=value&…`. */
export interface UrlForm {
  readonly scheme: string;
  /** A whole URL, for hints. */
  readonly example: string;
  /** The parameters it knows. */
  readonly parameters: readonly string[];
  /** Where credentials come from, since they never stand in a URL. */
  readonly credentials: string;
}

/** A location taken apart. */
export interface UrlPlace {
  /** What stands between the slashes, as it was written; empty pieces are kept. */
  readonly path: readonly string[];
  /** The parameters that were given, unescaped. */
  readonly parameters: Readonly<Record<string, string>>;
}

const pattern = /^\/\/([^?#]*)(?:\?([^#]*))?$/s;

/**
 * Takes a location apart. No message repeats what may be a secret: what stands before an `@`, and the values of
 * parameters that the scheme does not know.
 *
 * @throws {AppError} `invalid-store-url` for another form, for credentials, and for a parameter that is unknown, empty
 *   or given twice
 */
export function parseUrlPlace(location: string, form: UrlForm): UrlPlace {
  const [, path, query = ""] = pattern.exec(location) ?? [];
  if (path === undefined) throw invalidPlace(form, "store URL has another form");
  if (path.includes("@")) throw refusedCredentials(form);
  return { path: path.split("/"), parameters: parseParameters(query, form) };
}

/**
 * Checks pieces of a location by name; missing ones are skipped.
 *
 * @throws {AppError} `invalid-store-url` for one that is empty or does not match
 */
export function checkPieces<Name extends string>(
  form: UrlForm,
  pieces: Readonly<Record<Name, string | undefined>>,
  patterns: Readonly<Record<Name, RegExp>>,
): void {
  for (const name of Object.keys(patterns) as Name[]) {
    const piece = pieces[name];
    if (piece === "") throw invalidPlace(form, `store URL has no ${name}`);
    if (piece === undefined || patterns[name].test(piece)) continue;
    throw invalidPlace(form, `store URL has a wrong ${name}`, `${name}=${JSON.stringify(piece)}`);
  }
}

/** The error for a location that makes no sense, with an example of one that does. */
export function invalidPlace(
  { scheme, example }: UrlForm,
  message: string,
  ...variables: readonly string[]
): AppError {
  const text = [message, `scheme=${scheme}`, ...variables].join(" ");
  return new AppError("invalid-store-url", text, { hint: `for example ${example}` });
}

/** The error for a user or a password in a URL: it would end up in shell histories, process lists and logs. */
export function refusedCredentials({ scheme, credentials }: UrlForm): AppError {
  return new AppError(
    "invalid-store-url",
    `store URL must not hold a user or a password scheme=${scheme}`,
    { hint: credentials },
  );
}

function parseParameters(query: string, form: UrlForm): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (!form.parameters.includes(name)) {
      throw new AppError(
        "invalid-store-url",
        `store URL has an unknown parameter scheme=${form.scheme} parameter=${JSON.stringify(name)}`,
        { hint: `known: ${form.parameters.join(", ")}; ${form.credentials}` },
      );
    }
    if (value === "") throw invalidPlace(form, `store URL has no ${name}`);
    if (Object.hasOwn(parameters, name)) throw invalidPlace(form, `store URL has two ${name}s`);
    parameters[name] = value;
  }
  return parameters;
}
