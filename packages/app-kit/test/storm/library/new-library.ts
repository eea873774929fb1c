import type { Store } from "@foretile/storage";
import { temporaryFolder } from "@foretile/testkit";
import { createLibrary, type CreateLibraryOptions, type Library } from "@foretile/version-store";

import { openStore } from "../../../src/store/open-store.ts";

/** A library in a folder of its own, open in this process; disposing it deletes the folder. */
export interface NewLibrary extends AsyncDisposable {
  /** Folder of the store. */
  readonly path: string;
  /** A folder for the compiled code of workers. */
  readonly cache: string;
  readonly store: Store;
  readonly library: Library;
}

export async function newLibrary(
  options: Pick<CreateLibraryOptions, "times"> = {},
): Promise<NewLibrary> {
  const folder = await temporaryFolder();
  const path = `${folder.path}/store`;
  const store = await openStore(`lmdb:${path}`, "create");
  return {
    path,
    cache: `${folder.path}/compiled`,
    store,
    library: await createLibrary({ store, ...options }),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
