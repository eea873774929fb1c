/** A trace's id without the commas around it: what conditions look like, and as free of what a terminal would obey. */
export function traceText(id: string): string {
  return id.slice(1, -1);
}
