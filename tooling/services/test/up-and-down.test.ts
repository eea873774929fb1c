import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@foretile/testkit";
import { expect, onTestFinished, test } from "vitest";
import { isRunning } from "../src/server-process.mjs";
import type { Service } from "../src/services.mjs";
import { servicesDown } from "../src/services-down.mjs";
import { servicesStatus } from "../src/services-status.mjs";
import { servicesUp } from "../src/services-up.mjs";
import { StateFolder } from "../src/state-folder.mjs";
import { webService } from "./web-service.ts";

async function checkout(...wanted: Service[]) {
  const folder = await temporaryFolder();
  const state = new StateFolder(join(folder.path, ".services"));
  const printed: string[] = [];
  const controller = new AbortController();
  const print = (line: string) => printed.push(line);
  const context = { state, wanted, print, signal: controller.signal };
  onTestFinished(async () => {
    await servicesDown(context);
    await folder[Symbol.asyncDispose]();
  });
  const record = () => {
    const found = state.read("web");
    if (found === null) throw new Error("nothing is written down");
    return found;
  };
  return {
    state,
    printed,
    controller,
    up: () => servicesUp(context),
    down: () => servicesDown(context),
    status: () => servicesStatus(context),
    record,
    server: () => record().processes[0],
  };
}

test("starts, keeps what answers, stops and leaves nothing", async () => {
  const { up, status, down, state, record, server, printed } = await checkout(webService());
  const first = await up();
  const port = Number(record().connection?.port);
  expect(first).toEqual({
    ok: true,
    report: { web: { running: true, started: true, host: "127.0.0.1", port } },
  });
  expect(printed.at(-1)).toMatch(new RegExp(`^web: .*127\\.0\\.0\\.1:${port}, started in `));
  const started = server();

  const second = await up();
  expect(second.report).toEqual({
    web: { running: true, started: false, host: "127.0.0.1", port },
  });
  expect(server()).toEqual(started);
  expect(await status()).toEqual({
    ok: true,
    report: { web: { running: true, host: "127.0.0.1", port } },
  });

  expect((await down()).report).toEqual({ web: { running: false, stopped: true } });
  expect(isRunning(started)).toBe(false);
  expect(existsSync(state.path)).toBe(false);
  expect((await status()).ok).toBe(false);
});

test("a server that was killed is noticed and started anew", async () => {
  const { up, status, server, printed } = await checkout(webService());
  await up();
  const { pid } = server();
  process.kill(pid, "SIGKILL");
  const problem = `its process web (${pid}) has ended`;
  await expect
    .poll(async () => (await status()).report)
    .toEqual({
      web: { running: false, problem },
    });
  const { ok } = await up();
  expect(ok).toBe(true);
  expect(printed).toContain(`web: is started anew, since ${problem}`);
  expect(isRunning(server())).toBe(true);
});

test("a number that another process has now is no server of ours", async () => {
  const { up, down, state, record, server } = await checkout(webService());
  await up();
  const real = server();
  const written = record();
  const reused = { ...real, pid: process.pid };
  state.write({ ...written, processes: [reused] });
  expect((await down()).report).toEqual({ web: { running: false, stopped: false } });
  // Had it been taken for ours, this process and the real server would be gone.
  expect(isRunning(real)).toBe(true);
  state.create();
  state.write(written);
  await down();
  expect(isRunning(real)).toBe(false);
});

test("what an interrupted start left behind is cleared away", async () => {
  const { up, state, record, server, printed } = await checkout(webService());
  await up();
  const left = server();
  state.write({ ...record(), state: "starting", connection: null });
  const { ok } = await up();
  expect(ok).toBe(true);
  expect(printed).toContain("web: is started anew, since its start was interrupted");
  expect(isRunning(left)).toBe(false);
  expect(isRunning(server())).toBe(true);
});

test("a server that ends while it starts leaves nothing, and its last words are told", async () => {
  const failing = webService({ program: "console.log('no room'); process.exit(3)" });
  const { up, state } = await checkout(failing);
  const { ok, report } = await up();
  expect(ok).toBe(false);
  expect(report.web).toEqual({
    running: false,
    started: false,
    problem: expect.stringMatching(/^web ended while it started\n {4}no room$/),
  });
  expect(existsSync(state.path)).toBe(false);
});

test("a start that is interrupted ends what it had started", async () => {
  const silent = webService({ program: "setInterval(() => {}, 1000)" });
  const { up, state, controller, server } = await checkout(silent);
  const going = up();
  await expect.poll(() => state.read("web")?.processes.length).toBe(1);
  const started = server();
  expect(isRunning(started)).toBe(true);
  controller.abort(new Error("interrupted"));
  expect((await going).report.web).toMatchObject({ running: false, problem: "interrupted" });
  expect(isRunning(started)).toBe(false);
  expect(existsSync(state.path)).toBe(false);
});

test("a port that another program took is given up for another", async () => {
  let attempts = 0;
  const web = webService();
  const unlucky = webService({ program: "console.log('Address already in use'); process.exit(1)" });
  const { up } = await checkout({
    ...web,
    start: (context) => (++attempts < 3 ? unlucky : web).start(context),
  });
  expect((await up()).ok).toBe(true);
  expect(attempts).toBe(3);
});

test("what is not installed is told with what to do; the others run", async () => {
  const installed = webService();
  const absent = webService({ name: "absent", packages: [], isInstalled: () => false });
  const { up } = await checkout(installed, absent);
  const { ok, report } = await up();
  expect(ok).toBe(false);
  expect(report.web).toMatchObject({ running: true });
  expect(report.absent).toMatchObject({
    running: false,
    problem: expect.stringMatching(/^is not installed .*On Debian, as root: .*; or make one$/),
  });
});
