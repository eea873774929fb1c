import { expect, test } from "vitest";
import { temporaryFolder } from "@foretile/testkit";
import { canMount, mounting } from "./namespace.ts";
import { runWorker } from "./run-worker.ts";

/** A place that runs full, and the command that makes room in it. */
interface SmallPlace {
  readonly name: string;
  readonly wrap: (folder: string) => readonly string[];
  readonly makeRoom: (folder: string) => string;
}

/** A limit on the size of a file: every user may set it for a process, and it fails like a full disk. */
const fileSizeLimit: SmallPlace = {
  name: "a file at its size limit",
  wrap: () => ["prlimit", "--fsize=20000000:unlimited"],
  makeRoom: () => "prlimit --fsize=unlimited --pid $PPID",
};

/** A file system of 24 MB, where this machine lets us mount one. */
const smallFileSystem: SmallPlace = {
  name: "a full file system",
  wrap: (folder) =>
    mounting(
      `mount -t tmpfs -o size=24m tmpfs '${folder}' && head -c 4000000 /dev/zero > '${folder}/ballast'`,
    ),
  makeRoom: (folder) => `mount -o remount,size=60m '${folder}' && rm '${folder}/ballast'`,
};

const places = canMount() ? [fileSizeLimit, smallFileSystem] : [fileSizeLimit];

test.each(places)("$name refuses writes, loses nothing, and goes on with room", async (place) => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const [line = ""] = await runWorker("full-disk", [path, place.makeRoom(path)], place.wrap(path));
  const { storedBeforeFull, ...report } = JSON.parse(line) as Record<string, unknown>;
  expect(storedBeforeFull).toBeGreaterThan(20);
  expect(report).toEqual({
    codes: ["full/never"],
    changed: "full/never",
    readableWhenFull: true,
    damagedWhenFull: 0,
    afterwards: ["ok"],
    damagedAfterwards: 0,
    unexpected: [],
  });
});
