import { describeConnection } from "./describe-connection.mjs";
import { withFolderLock } from "./folder-lock.mjs";
import { installPackages, whyNotInstall } from "./install-packages.mjs";
import { ServiceError } from "./service-error.mjs";
import { startService, stopService, whatIsWrong } from "./start-service.mjs";

/**
 * Brings servers up: keeps those that answer, replaces those that do not, installs what is missing where it may. A
 * server that cannot be had leaves nothing of itself; the others stay.
 */
export function servicesUp({ state, wanted, print, signal }) {
  const onWait = (pid) => print(`Waiting for another command on these servers (process ${pid})`);
  return withFolderLock(state, { signal, onWait }, async () => {
    const report = {};
    const missing = [];
    for (const service of wanted) {
      const kept = await keepOrClear(service, state, print);
      if (kept === null) missing.push(service);
      else report[service.name] = { running: true, started: false, ...kept };
    }
    const problem = await installWhatIsMissing(missing, print);
    const starts = missing.map(async (service) => {
      try {
        signal.throwIfAborted();
        if (!service.isInstalled()) throw notInstalled(service, problem);
        const started = Date.now();
        const connection = await startService(service, state, signal);
        const seconds = ((Date.now() - started) / 1000).toFixed(1);
        print(`${describeConnection(service.name, connection)}, started in ${seconds} s`);
        report[service.name] = { running: true, started: true, ...connection };
      } catch (error) {
        print(`${service.name}: ${error.message}`);
        report[service.name] = { running: false, started: false, problem: error.message };
      }
    });
    await Promise.all(starts);
    return { ok: Object.values(report).every(({ running }) => running), report };
  });
}

async function keepOrClear(service, state, print) {
  const record = state.read(service.name);
  if (record === null) return null;
  const wrong = await whatIsWrong(service, record);
  if (wrong === null) {
    print(`${describeConnection(service.name, record.connection)}, was running`);
    return record.connection;
  }
  print(`${service.name}: is started anew, since ${wrong}`);
  await stopService(record, state);
  return null;
}

/** Installs the packages of all services at once; resolves with what went wrong, or null. */
async function installWhatIsMissing(services, print) {
  const packages = services
    .filter((service) => !service.isInstalled())
    .flatMap((service) => service.packages);
  if (packages.length === 0) return null;
  const refusal = whyNotInstall();
  if (refusal !== null) return refusal;
  print(`Installing ${packages.join(" ")}`);
  try {
    await installPackages(packages);
    return null;
  } catch (error) {
    return error.message;
  }
}

function notInstalled(service, problem) {
  const command = `apt-get install --no-install-recommends ${service.packages.join(" ")}`;
  const message = `is not installed (${problem ?? "its packages did not bring it"}). On Debian, as root: ${command}; ${service.advice}`;
  return new ServiceError("missing", message);
}
