import { checkPieces, invalidPlace, parseUrlPlace, type UrlForm } from "./url-place.ts";

/** Where a store is in Bigtable. */
export interface BigtablePlace {
  readonly project: string;
  readonly instance: string;
  /** Tables are named `PREFIX_NAME`. */
  readonly prefix: string;
  /** The app profile; missing for the instance's default one. */
  readonly profile: string | undefined;
}

const form: UrlForm = {
  scheme: "bigtable",
  example: "bigtable://my-project/my-instance/forecasts?profile=single-cluster",
  parameters: ["profile"],
  credentials:
    "credentials come from the environment: GOOGLE_APPLICATION_CREDENTIALS, or gcloud auth application-default login",
};

const patterns = {
  // Projects of a domain are named like `example.com:project`.
  project: /^[a-z0-9][a-z0-9.:-]{0,62}$/,
  instance: /^[a-z0-9][a-z0-9-]{0,62}$/,
  // With the names of tables behind it an id stays within Bigtable's 50.
  prefix: /^[A-Za-z0-9_][A-Za-z0-9_-]{0,16}$/,
  profile: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,48}$/,
};

/**
 * Reads `//PROJECT/INSTANCE/PREFIX[?profile=PROFILE]`.
 *
 * @throws {AppError} `invalid-store-url`
 */
export function parseBigtablePlace(location: string): BigtablePlace {
  const { path, parameters } = parseUrlPlace(location, form);
  const [project = "", instance = "", prefix = "", ...rest] = path;
  const place = { project, instance, prefix, profile: parameters["profile"] };
  checkPieces(form, place, patterns);
  if (rest.length > 0) {
    throw invalidPlace(form, "store URL has more than a project, an instance and a prefix");
  }
  return place;
}
