import { existsSync } from "node:fs";
import { withFolderLock } from "./folder-lock.mjs";
import { stopService } from "./start-service.mjs";

/** Stops the servers that were started here, and removes what they kept. */
export async function servicesDown({ state, wanted, print, signal }) {
  if (!existsSync(state.path)) {
    print("Nothing was started here");
    return { ok: true, report: {} };
  }
  const onWait = (pid) => print(`Waiting for another command on these servers (process ${pid})`);
  return withFolderLock(state, { signal, onWait }, async () => {
    const report = {};
    for (const { name } of wanted) {
      const record = state.read(name);
      if (record === null) continue;
      const stopped = await stopService(record, state);
      print(stopped === 0 ? `${name}: had already ended` : `${name}: stopped`);
      report[name] = { running: false, stopped: stopped > 0 };
    }
    if (Object.keys(report).length === 0) print("Nothing was started here");
    return { ok: true, report };
  });
}
