import { AppError } from "../failure/app-error.ts";
import type { CatalogScheme } from "./catalog-scheme.ts";
import { labelRules } from "./label-rules.ts";

const FORM = "postgresql://USER@HOST:PORT/DATABASE[?schema=NAME]";

/** A database that the programs connect to. */
interface PostgresPlace {
  readonly connectionString: string;
  readonly schema: string | undefined;
}

/** `postgresql://…` or `postgres://…`: the tables of the network's validator, and ours beside them. */
export const postgresCatalogScheme: CatalogScheme = {
  form: FORM,
  matches: (url) => /^postgres(?:ql)?:/i.test(url),
  check: (url, isPublic) => {
    const { password } = parse(url);
    if (!isPublic || password === "") return;
    throw new AppError("invalid-catalog-url", "--catalog must not hold a password", {
      hint: "give it in PGPASSWORD, ~/.pgpass or FORETILE_CATALOG",
    });
  },
  open: async (url, { labels, mode, clock, signal }) => {
    const place = placeOf(url);
    const { createPostgresCatalog, openPostgresCatalog } =
      await import("@foretile/catalog/postgres");
    const open = mode === "create" ? createPostgresCatalog : openPostgresCatalog;
    const rules = labelRules(labels);
    return open({ ...place, labels: rules, readOnly: mode === "read", clock, signal });
  },
};

/** No message repeats the URL: it may hold a password. */
function parse(url: string): URL {
  const parsed = URL.parse(url);
  const hint = `write ${FORM}`;
  if (parsed === null || !url.includes("://")) {
    throw new AppError("invalid-catalog-url", "the database is not named by a URL", { hint });
  }
  if (!/^\/[^/]+$/.test(parsed.pathname)) {
    throw new AppError("invalid-catalog-url", "the URL does not name a database", { hint });
  }
  if (parsed.searchParams.get("schema") === "") {
    throw new AppError("invalid-catalog-url", "the URL has an empty schema", { hint });
  }
  return parsed;
}

function placeOf(url: string): PostgresPlace {
  const parsed = parse(url);
  const schema = parsed.searchParams.get("schema") ?? undefined;
  parsed.searchParams.delete("schema");
  return { connectionString: parsed.href, schema };
}
