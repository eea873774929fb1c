import { isStorageError } from "@foretile/storage";

import type { EtagQuoting } from "../endpoint-profile.ts";
import type { Trial } from "./trial.ts";

/*
 * What servers say they do is no help: each step is judged by the answer and by what can be read afterwards. A race that
 * was won once by one is evidence, not proof, so races are run several times.
 */

/** How many writers race, and how often. */
const RACERS = 16;
const ROUNDS = 3;

/** What was seen that should not have been; empty when the condition is honoured. */
export type Defect = string;

/** Tries `If-None-Match: *` on objects that are there, that are not, and that many want to make at once. */
export async function tryCreates(newTrial: () => Trial): Promise<readonly Defect[]> {
  const defects: Defect[] = [];
  const trial = newTrial();
  if (!(await trial.create("one"))) defects.push("refuses to create what is not there");
  if ((await trial.read())?.text !== "one") defects.push("created object is not there");
  if (await trial.create("two")) defects.push("creates what is there already");
  const kept = await trial.read();
  if (kept !== undefined && kept.text !== "one") defects.push("a refused create overwrites");
  if (defects.length > 0) return defects;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const racing = newTrial();
    const outcome = await race((text) => racing.create(text));
    if (!(await hasOneWinner(racing, outcome)))
      defects.push(`${outcome.won.length} of ${RACERS} creates win`);
  }
  return defects;
}

/** Tries `If-Match` with one form of the ETag, with right, wrong and old ones, and with many writers at once. */
export async function tryReplaces(
  newTrial: () => Trial,
  quoting: EtagQuoting,
): Promise<readonly Defect[]> {
  const defects: Defect[] = [];
  const trial = newTrial();
  const first = await trial.write("one");
  const other = await newTrial().write("other");
  if (await trial.replace("two", other, quoting)) defects.push("replaces on a wrong ETag");
  if ((await trial.read())?.text !== "one") defects.push("a refused replace overwrites");
  if (!(await trial.replace("two", first, quoting))) return ["refuses the right ETag"];
  const second = await trial.read();
  if (second?.text !== "two") defects.push("replaced object is not there");
  if (await trial.replace("three", first, quoting)) defects.push("replaces on an old ETag");
  if ((await trial.read())?.text !== "two") defects.push("a refused replace overwrites");
  const absent = newTrial();
  if (await absent.replace("one", first, quoting)) defects.push("replaces what is not there");
  if ((await absent.read()) !== undefined) defects.push("a refused replace creates");
  if (defects.length > 0) return defects;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const racing = newTrial();
    const etag = await racing.write("start");
    const outcome = await race((text) => racing.replace(text, etag, quoting));
    if (!(await hasOneWinner(racing, outcome)))
      defects.push(`${outcome.won.length} of ${RACERS} replaces win`);
  }
  return defects;
}

interface Race {
  /** The texts of those who were told that they won. */
  readonly won: readonly string[];
  /** Of those to whom the server failed to answer: some do when another was faster. */
  readonly unclear: readonly string[];
}

async function race(write: (text: string) => Promise<boolean>): Promise<Race> {
  const texts = Array.from({ length: RACERS }, (_, index) => `racer ${index}`);
  const answers = await Promise.allSettled(texts.map(write));
  const won: string[] = [];
  const unclear: string[] = [];
  for (const [index, answer] of answers.entries()) {
    const text = texts[index] ?? "";
    if (answer.status === "fulfilled") {
      if (answer.value) won.push(text);
    } else if (isStorageError(answer.reason, "unavailable")) unclear.push(text);
    else throw answer.reason;
  }
  return { won, unclear };
}

async function hasOneWinner(trial: Trial, { won, unclear }: Race): Promise<boolean> {
  const text = (await trial.read())?.text ?? "";
  return won.length === 0 ? unclear.includes(text) : won.length === 1 && won[0] === text;
}
