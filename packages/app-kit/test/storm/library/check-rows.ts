import type { StormLedger } from "./storm-ledger.ts";

/**
 * What is wrong with the rows of an append-only symbol. They are those of all acknowledged commits in the order of
 * their versions, each once and complete, and perhaps of commits whose writer died before it could tell.
 *
 * @param rows names of the rows of the newest version
 */
export function problemsOfRows(
  symbol: string,
  rows: readonly string[],
  ledger: StormLedger,
): string[] {
  const wrong: string[] = [];
  const commits: string[] = [];
  let rowOfCommit = 0;
  for (const name of rows) {
    const [commit = "", row = ""] = name.split(/[/:]/);
    if (commits.at(-1) === commit) {
      rowOfCommit += 1;
    } else {
      commits.push(commit);
      rowOfCommit = 0;
    }
    if (row !== String(rowOfCommit)) wrong.push(`row is out of order name=${name}`);
  }
  const there = new Set(commits);
  if (there.size < commits.length) wrong.push("rows of a commit are there twice, or not together");
  for (const commit of commits) {
    const objection = ledger.objectionTo(commit);
    if (objection !== undefined) wrong.push(`row of ${commit}: ${objection}`);
  }
  const acknowledged = ledger.committed(symbol).map(({ name }) => name);
  const told = new Set(acknowledged);
  const inOrder = commits.filter((commit) => told.has(commit));
  for (const [index, name] of acknowledged.entries()) {
    if (!there.has(name)) wrong.push(`rows are gone commit=${name}`);
    else if (there.size === commits.length && inOrder[index] !== name) {
      wrong.push(`rows are in another order than the versions commit=${name}`);
    }
  }
  return wrong;
}
