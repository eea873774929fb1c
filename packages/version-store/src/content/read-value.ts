import type { CallOptions } from "@foretile/storage";
import type { Handler } from "../handler/handler.ts";
import type { StoredBlock, StoredForm } from "../handler/stored-form.ts";
import type { LibraryContext } from "../library/library-context.ts";
import type { Block } from "./block.ts";
import { readBlocks } from "./read-blocks.ts";

/** The whole rows of some blocks as one value. Meant for a few blocks: they are in memory at once. */
export async function readValue(
  context: LibraryContext,
  { handler, form }: { readonly handler: Handler; readonly form: StoredForm },
  blocks: readonly Block[],
  options?: CallOptions,
): Promise<unknown> {
  const stored: StoredBlock[] = [];
  const wanted = blocks.map((block) => ({ block }));
  for await (const block of readBlocks(context, wanted, allLanes(form), options)) {
    stored.push(block);
  }
  return handler.assemble(form, stored);
}

/** Numbers of all lanes of a form. */
export function allLanes({ lanes }: StoredForm): ReadonlySet<number> {
  return new Set(lanes.keys());
}
