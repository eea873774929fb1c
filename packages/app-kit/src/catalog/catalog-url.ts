import { AppError } from "../failure/app-error.ts";
import type { ProgramContext } from "../program/program-context.ts";
import type { CatalogScheme } from "./catalog-scheme.ts";
import { postgresCatalogScheme } from "./postgres-catalog-scheme.ts";
import { storeCatalogScheme } from "./store-catalog-scheme.ts";

/** Every kind of catalog the programs can open. A later one joins here with a file of its own. */
const schemes: readonly CatalogScheme[] = [storeCatalogScheme, postgresCatalogScheme];

const CATALOG_VARIABLE = "FORETILE_CATALOG";

/** The option of commands that use a catalog. */
export interface CatalogOptions {
  readonly catalog?: string;
}

/** The forms of a catalog's URL, for help texts. */
export function catalogUrlForms(): string {
  return schemes.map(({ form }) => form).join(", ");
}

/** What the option says in a command's help. */
export function catalogOptionHelp(): string {
  return `${catalogUrlForms()} (default: $${CATALOG_VARIABLE})`;
}

/**
 * The URL of the catalog of a command: `--catalog`, else `FORETILE_CATALOG`, which may hold a password; `undefined` when
 * there is neither.
 *
 * @throws {AppError} `invalid-catalog-url`
 */
export function catalogUrlOf(
  { catalog }: CatalogOptions,
  { env }: Pick<ProgramContext, "env">,
): string | undefined {
  const url = catalog ?? env[CATALOG_VARIABLE];
  if (url === undefined || (url === "" && catalog === undefined)) return undefined;
  catalogScheme(url).check(url, catalog !== undefined);
  return url;
}

/** {@link catalogUrlOf} for commands that do nothing without one. @throws {AppError} `usage` when there is none */
export function requiredCatalogUrl(
  options: CatalogOptions,
  context: Pick<ProgramContext, "env">,
): string {
  const url = catalogUrlOf(options, context);
  if (url !== undefined) return url;
  throw new AppError("usage", "no catalog given", {
    hint: `pass --catalog URL or set ${CATALOG_VARIABLE}; known: ${catalogUrlForms()}`,
  });
}

/** @throws {AppError} `invalid-catalog-url` for a URL of no kind that is known */
export function catalogScheme(url: string): CatalogScheme {
  const scheme = schemes.find((candidate) => candidate.matches(url));
  if (scheme !== undefined) return scheme;
  // What stands behind the scheme may be a secret.
  const [, name] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url) ?? [];
  const what = name === undefined ? "" : ` scheme=${name}`;
  throw new AppError("invalid-catalog-url", `no such kind of catalog${what}`, {
    hint: `known: ${catalogUrlForms()}`,
  });
}
