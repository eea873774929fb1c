import { openLmdbStore } from "@foretile/storage-lmdb";
import { createLibrary } from "@foretile/version-store";
import { changeRows } from "./change-rows.ts";
import { chooseComposition } from "./choose-composition.ts";
import { keepAndDelete } from "./keep-and-delete.ts";
import { lookBack } from "./look-back.ts";
import { lookForDamage } from "./look-for-damage.ts";
import { meetOthers } from "./meet-others.ts";
import { readParts } from "./read-parts.ts";
import { stageRows } from "./stage-rows.ts";
import { storeOwnContent } from "./store-own-content.ts";
import { takeSnapshots } from "./take-snapshots.ts";
import { tellChanges } from "./tell-changes.ts";
import { writeAndRead } from "./write-and-read.ts";

/** Takes what there is to tell, as `console.log` does. */
export type Log = (...values: unknown[]) => void;

/** Makes a library in the folder `path` and goes through everything it can do. */
export async function tour(path: string, log: Log): Promise<void> {
  await using store = await openLmdbStore({ path, mode: "create" });
  const library = await createLibrary({ store, composition: { preset: "general" } });

  await chooseComposition(log);
  await writeAndRead(library, log);
  await changeRows(library, log);
  await lookBack(library, log);
  await readParts(library, log);
  await takeSnapshots(library, log);
  await meetOthers(library, log);
  await stageRows(library, log);
  await tellChanges(library, log);
  await keepAndDelete(library, log);
  await lookForDamage(library, log);
  await storeOwnContent(library, log);
}
