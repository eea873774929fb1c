import { StorageError } from "@foretile/storage";

/** Where a store is, and how its service is reached. */
export interface BigtablePlace {
  /** Id of the Google Cloud project. */
  readonly project: string;
  /** Id of the Bigtable instance in it. */
  readonly instance: string;
  /**
   * What the names of the store's tables begin with: 1 to 17 of `a-z A-Z 0-9 _ -`, the first not `-`. The table `low`
   * of a store with the prefix `forecasts` is the Bigtable table `forecasts_low`.
   */
  readonly prefix: string;
  /**
   * The app profile of every call. It must route to a single cluster and allow single-row transactions. Default: the
   * instance's profile `default`.
   */
  readonly appProfile?: string | undefined;
  /**
   * `host:port` of an emulator, which is spoken to without credentials and in plain text. Default: the environment
   * variable `BIGTABLE_EMULATOR_HOST`.
   */
  readonly emulatorHost?: string | undefined;
  /**
   * `host` or `host:port` of another endpoint of the data service. Like Google's own it is spoken to with TLS and the
   * Application Default Credentials.
   */
  readonly apiEndpoint?: string | undefined;
}

/** The names of things at a place. */
export interface PlaceNames {
  /** `projects/P/instances/I`. */
  readonly instance: string;
  /** Ids of the tables the store keeps for itself. A table of rows cannot have them: its name has no dot. */
  readonly blobs: string;
  readonly refs: string;
  /** Id of the Bigtable table behind the store's table `name`. */
  tableId(name: string): string;
  /** `projects/P/instances/I/tables/T`. */
  tablePath(tableId: string): string;
}

const projectId = /^[a-z0-9][a-z0-9.:-]{0,62}$/;
const instanceId = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** With `_` and a name of 32 characters an id stays within Bigtable's 50. */
const prefixText = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,16}$/;

/** @throws {StorageError} `invalid-argument` for a malformed project, instance or prefix */
export function placeNames(place: BigtablePlace): PlaceNames {
  check("project", place.project, projectId, "an id of a Google Cloud project");
  check("instance", place.instance, instanceId, "an id of a Bigtable instance");
  check("prefix", place.prefix, prefixText, "1 to 17 of a-z A-Z 0-9 _ -, the first not -");
  const instance = `projects/${place.project}/instances/${place.instance}`;
  return {
    instance,
    blobs: `${place.prefix}.blobs`,
    refs: `${place.prefix}.refs`,
    tableId: (name) => `${place.prefix}_${name}`,
    tablePath: (tableId) => `${instance}/tables/${tableId}`,
  };
}

function check(name: string, value: string, pattern: RegExp, wanted: string): void {
  if (!pattern.test(value)) {
    throw new StorageError(
      "invalid-argument",
      `${name} must be ${wanted} ${name}=${JSON.stringify(value)}`,
    );
  }
}
