import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import type { ProbeFinding, Store } from "@foretile/storage";

import { formatBytes } from "../output/format-quantity.ts";
import { probeByOpening } from "./provision-by-opening.ts";
import type { OpenMode, ProbeOptions } from "./store-scheme.ts";

/** Room for a few requests; with less the next publication may fail. */
const LEAST_FREE_BYTES = 1e9;

/** `f_type` of statfs(2). */
const fileSystems: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext"],
  [0x5846_5342, "XFS"],
  [0x9123_683e, "Btrfs"],
  [0x2fc1_2fc1, "ZFS"],
  [0x0102_1994, "tmpfs"],
  [0x794c_7630, "overlay"],
  [0x6573_5546, "FUSE"],
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff53_4d42, "CIFS"],
  [0xfe53_4d42, "SMB2"],
]);

const networkFileSystems: ReadonlySet<string> = new Set(["NFS", "SMB", "CIFS", "SMB2"]);

/**
 * Tries what a store in a folder needs: the folder, its permissions, its file system, room, and the store itself.
 * Nothing is made or changed.
 */
export async function probeFolder(
  path: string,
  { mode, signal }: ProbeOptions,
  open: (mode: OpenMode) => Promise<Store>,
): Promise<readonly ProbeFinding[]> {
  const existing = await nearestFolder(resolve(path));
  signal?.throwIfAborted();
  const findings: ProbeFinding[] = [];
  if (existing === resolve(path)) {
    findings.push({ what: "folder", found: existing, ok: true });
  } else {
    const found = `there is none, nearest is ${existing}`;
    const remedy = "make the store with: foretile --store URL init";
    findings.push({ what: "folder", found, ok: false, remedy });
  }
  findings.push(await probeAccess(existing, mode), ...(await probeDisk(existing, mode)));
  signal?.throwIfAborted();
  if (existing === resolve(path)) findings.push(await probeByOpening("store", mode, open));
  return findings;
}

/** The folder itself, or the one above it that is there. */
async function nearestFolder(path: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) return path;
  } catch {
    // Not there, or not to be looked at: whatever is above it tells more.
  }
  return dirname(path) === path ? path : nearestFolder(dirname(path));
}

async function probeAccess(folder: string, mode: "read" | "write"): Promise<ProbeFinding> {
  const { R_OK, W_OK, X_OK } = constants;
  const wanted = mode === "write" ? R_OK | W_OK | X_OK : R_OK | X_OK;
  const verb = mode === "write" ? "written to" : "read";
  try {
    await access(folder, wanted);
    return { what: "permissions", found: `${folder} can be ${verb}`, ok: true };
  } catch {
    const remedy = `let this user ${mode === "write" ? "write to" : "read"} ${folder}: see its owner and its mode`;
    return { what: "permissions", found: `${folder} cannot be ${verb}`, ok: false, remedy };
  }
}

async function probeDisk(folder: string, mode: "read" | "write"): Promise<readonly ProbeFinding[]> {
  const { type, bavail, bsize } = await statfs(folder);
  const name = fileSystems.get(type) ?? `of type 0x${type.toString(16)}`;
  const isNetwork = networkFileSystems.has(name);
  const freeBytes = bavail * bsize;
  const isShort = mode === "write" && freeBytes < LEAST_FREE_BYTES;
  return [
    {
      what: "file system",
      found: name,
      ok: !isNetwork,
      remedy: isNetwork
        ? "choose a local disk: memory maps of a network are not one memory"
        : undefined,
    },
    {
      what: "free space",
      found: formatBytes(freeBytes),
      ok: !isShort,
      remedy: isShort
        ? `make room: a store should have ${formatBytes(LEAST_FREE_BYTES)} to grow`
        : undefined,
    },
  ];
}
