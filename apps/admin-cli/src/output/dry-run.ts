/** What the option says in a command's help. */
export const YES_HELP = "do it; without this nothing is changed, only told";

/** The last line of a command that would change something and was not told to. */
export const NOTHING_CHANGED = "nothing was changed; add --yes to do it\n";
