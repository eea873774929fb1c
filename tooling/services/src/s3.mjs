import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askS3 } from "./ask-s3.mjs";
import { findProgram, requireProgram } from "./find-program.mjs";
import { freePorts } from "./free-ports.mjs";
import { runCommand } from "./run-command.mjs";
import { waitUntilReady } from "./wait-until-ready.mjs";

const PROGRAMS = ["ceph", "ceph-authtool", "monmaptool", "ceph-mon", "ceph-mgr", "ceph-osd"];
const MEMORY_BYTES = 4 * 2 ** 30;

/** Ceph's S3 server on a cluster of one node that keeps everything in memory. */
export const s3 = {
  name: "s3",
  packages: ["ceph-mon", "ceph-mgr", "ceph-osd", "radosgw", "ceph-common"],
  advice: "Ceph's ceph-mon, ceph-mgr, ceph-osd, radosgw and radosgw-admin must be on the PATH",

  isInstalled() {
    return [...PROGRAMS, "radosgw", "radosgw-admin"].every((name) => findProgram(name) !== null);
  },

  async start({ folder, launch, signal }) {
    const [monitorPort, oldMonitorPort, port] = await freePorts(3);
    const cluster = { folder, fsid: randomUUID(), monitorPort, oldMonitorPort, port };
    const confPath = join(folder, "ceph.conf");
    for (const name of ["mon", "mgr", "osd", "run"]) mkdirSync(join(folder, name));
    writeFileSync(confPath, configuration(cluster));

    const run = ([program, ...args]) =>
      runCommand([requireProgram(program), "-c", confPath, ...args], { signal, cwd: folder });
    const daemon = (name, program, ...args) =>
      launch({
        name,
        command: [requireProgram(program), "-c", confPath, "-f", ...args],
        logPath: join(folder, `${name}.log`),
      });

    await makeKeyring(cluster, signal);
    await makeMonitorMap(cluster, signal);
    await run(["ceph-mon", "--mkfs", "-i", "a", "--monmap", join(folder, "monmap")]);
    const monitor = await daemon("ceph-mon", "ceph-mon", "-i", "a");
    const askMonitor = () => run(["ceph", "--connect-timeout", "5", "quorum_status"]);
    await waitUntilReady(askMonitor, ready(monitor, 60_000));
    await daemon("ceph-mgr", "ceph-mgr", "-i", "x");
    const osd = randomUUID();
    await run(["ceph", "osd", "new", osd, "0"]);
    await run(["ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", osd]);
    await daemon("ceph-osd", "ceph-osd", "-i", "0");
    const gateway = await daemon("radosgw", "radosgw", "-n", "client.rgw");

    const connection = connectionTo(port);
    const { accessKeyId, secretAccessKey } = connection;
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`];
    const user = ["user", "create", "--uid=foretile", "--display-name=foretile", ...keys];
    await run(["radosgw-admin", ...user]);
    const ask = async () => {
      await askS3(connection);
      return connection;
    };
    return waitUntilReady(ask, ready(gateway, 120_000));

    function ready(server, timeoutMs) {
      return { server, logPath: join(folder, `${server.name}.log`), timeoutMs, signal };
    }
  },

  ask: askS3,
};

function connectionTo(port) {
  const host = "127.0.0.1";
  return {
    host,
    port,
    url: `http://${host}:${port}`,
    region: "us-east-1",
    accessKeyId: randomBytes(10).toString("hex").toUpperCase(),
    secretAccessKey: randomBytes(30).toString("base64url"),
    forcePathStyle: true,
  };
}

function configuration({ folder, fsid, monitorPort, oldMonitorPort, port }) {
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitorPort},v1:127.0.0.1:${oldMonitorPort}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${folder}/keyring
run dir = ${folder}/run
# The path of a socket may be longer than the system allows.
admin socket =
log file = ${folder}/$name.log
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
osd objectstore = memstore
memstore device bytes = ${MEMORY_BYTES}
[mon]
mon data = ${folder}/mon
mon cluster log file = ${folder}/cluster.log
mgr initial modules =
[mgr]
mgr data = ${folder}/mgr
[osd]
osd data = ${folder}/osd
[client.rgw]
rgw data = ${folder}/run
rgw frontends = beast endpoint=127.0.0.1:${port}
# Deleted objects give their memory back at once instead of after two hours.
rgw gc obj min wait = 1
rgw gc processor period = 5
`;
}

async function makeKeyring({ folder }, signal) {
  const keyring = join(folder, "keyring");
  const caps = {
    "mon.": ["mon"],
    "client.admin": ["mon", "mgr", "osd", "mds"],
    "client.rgw": ["mon", "mgr", "osd"],
    "mgr.x": ["mon", "osd", "mds"],
    "osd.0": ["mon", "mgr", "osd"],
  };
  let create = ["--create-keyring"];
  for (const [name, targets] of Object.entries(caps)) {
    const allowed = targets.flatMap((target) => ["--cap", target, "allow *"]);
    const command = [requireProgram("ceph-authtool"), ...create, keyring, "--gen-key", "-n", name];
    await runCommand([...command, ...allowed], { signal });
    create = [];
  }
}

async function makeMonitorMap({ folder, fsid, monitorPort, oldMonitorPort }, signal) {
  const address = `[v2:127.0.0.1:${monitorPort},v1:127.0.0.1:${oldMonitorPort}]`;
  const map = ["--create", "--clobber", "--fsid", fsid, "--addv", "a", address];
  await runCommand([requireProgram("monmaptool"), ...map, join(folder, "monmap")], { signal });
}
