import { mkdir } from "node:fs/promises";
import { postgres } from "@foretile/services/postgres";
import { installPackages, whyNotInstall } from "@foretile/services/install-packages";
import { startService, stopService } from "@foretile/services/start-service";
import { StateFolder } from "@foretile/services/state-folder";

/** The cluster for tests need not survive the machine; here a commit must be on the disk. */
const DURABLE = { fsync: "on", synchronous_commit: "on", full_page_writes: "on" };
/** What its documentation advises for a machine of its own, a quarter of a small one's memory. */
const MEMORY = { shared_buffers: "1GB", max_wal_size: "4GB", wal_compression: "off" };

/**
 * A PostgreSQL cluster of its own that flushes every commit.
 *
 * @param {string} folder
 * @param {{ install: boolean, tell: (line: string) => void, signal: AbortSignal }} options
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startDurablePostgres(folder, { install, tell, signal }) {
  if (!postgres.isInstalled()) {
    const refusal = install ? whyNotInstall() : "--no-install was given";
    if (refusal !== null) throw new Error(`PostgreSQL is missing (${refusal})`);
    tell(`Installing ${postgres.packages.join(" ")}`);
    await installPackages(postgres.packages);
  }
  await mkdir(folder, { recursive: true });
  const state = new StateFolder(folder);
  const durable = {
    ...postgres,
    start: (context) => postgres.start({ ...context, settings: { ...DURABLE, ...MEMORY } }),
  };
  const { url } = await startService(durable, state, signal);
  const record = state.read(postgres.name);
  return { url: String(url), stop: async () => void (await stopService(record, state)) };
}
