import { HISTORY_PAGE_KIND, REMOVED_PAGE_KIND } from "../document/document-kind.ts";
import type { PageWriters } from "../head/remove-versions.ts";
import type { Workspace } from "./workspace.ts";

/** Store a head's pages in a workspace. */
export function pageWriters(workspace: Workspace): PageWriters {
  return {
    history: (value) => workspace.putDocument("p", HISTORY_PAGE_KIND, value),
    removed: (value) => workspace.putDocument("p", REMOVED_PAGE_KIND, value),
  };
}
