import { spawnSync } from "node:child_process";

/** A command that runs the rest of its line where it may mount file systems that nobody else sees. */
const namespace = process.getuid?.() === 0 ? ["unshare", "-m"] : ["unshare", "-rm"];

/** A command that mounts and then runs the rest of its line. */
export function mounting(script: string): readonly string[] {
  return [...namespace, "sh", "-c", `${script} && exec "$@"`, "sh"];
}

/** Whether this machine lets us do so; containers often do not. */
export function canMount(): boolean {
  const [command = "", ...args] = mounting("mount -t tmpfs tmpfs /tmp");
  return spawnSync(command, [...args, "true"]).status === 0;
}
