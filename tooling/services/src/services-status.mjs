import { describeConnection } from "./describe-connection.mjs";
import { whatIsWrong } from "./start-service.mjs";

/** Asks each server whether it answers. Changes nothing. */
export async function servicesStatus({ state, wanted, print }) {
  const report = {};
  await Promise.all(
    wanted.map(async (service) => {
      const record = state.read(service.name);
      const problem =
        record === null
          ? `is not running: pnpm services up ${service.name}`
          : await whatIsWrong(service, record);
      report[service.name] =
        problem === null ? { running: true, ...record.connection } : { running: false, problem };
    }),
  );
  for (const { name } of wanted) {
    const { running, problem, ...connection } = report[name];
    print(running ? describeConnection(name, connection) : `${name}: ${problem}`);
  }
  return { ok: Object.values(report).every(({ running }) => running), report };
}
