import { reached, serviceAddress } from "./service-address.ts";
import { uniqueName } from "./unique-name.ts";

/** A Bigtable server, and names in it that are the caller's alone. */
export interface BigtableService {
  /** `HOST:PORT`, as `BIGTABLE_EMULATOR_HOST` has it. */
  readonly endpoint: string;
  readonly project: string;
  readonly instance: string;
  /** Tables of the caller start with this. Tables end with the server; delete them when it is not the test server. */
  readonly tablePrefix: string;
}

/**
 * The Bigtable server for tests.
 *
 * @throws Error that says what to do when there is none
 */
export async function bigtableService(): Promise<BigtableService> {
  const { url, project, instance } = serviceAddress("bigtable", ["url", "project", "instance"]);
  const { host, hostname, port } = new URL(url);
  await reached("bigtable", hostname, Number(port));
  return { endpoint: host, project, instance, tablePrefix: uniqueName() };
}
