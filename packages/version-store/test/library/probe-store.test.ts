import { setImmediate } from "node:timers/promises";
import {
  StorageError,
  type CompareAndSetResult,
  type RefStore,
  type RefToken,
  type Store,
} from "@foretile/storage";
import { openMemoryStore } from "@foretile/storage/memory";
import { createInstantClock, createSeededRandom } from "@foretile/testkit";
import { beforeEach, describe, expect, test } from "vitest";
import { createLibrary, openLibrary, type OpenLibraryOptions } from "../../src/index.ts";
import {
  refuse,
  scriptRefs,
  loseReply,
  loseRequest,
  noReply,
  duplicate,
} from "../commit/scripted-refs.ts";
import { START_MS } from "../open-test-context.ts";
import { refKeys } from "../open-test-library.ts";

type Change = RefStore["compareAndSet"];

let store: Store;
let options: OpenLibraryOptions;

beforeEach(() => {
  store = openMemoryStore();
  options = optionsOf(store);
});

function optionsOf(of: Pick<Store, "blobs" | "refs">): OpenLibraryOptions {
  const clock = createInstantClock({ startMs: START_MS });
  return { store: of, clock, random: createSeededRandom(1) };
}

/** The store, with another way to change records. */
function changing(change: (below: RefStore) => Change): OpenLibraryOptions {
  const { refs, blobs } = store;
  return optionsOf({
    blobs,
    refs: {
      capabilities: refs.capabilities,
      read: (...call) => refs.read(...call),
      list: (...call) => refs.list(...call),
      compareAndSet: change(refs),
    },
  });
}

/** Changes a record whatever state it is in. */
async function overwrite(refs: RefStore, ...call: Parameters<Change>): ReturnType<Change> {
  const [key, , next, callOptions] = call;
  const found = await refs.read(key);
  const result = await refs.compareAndSet(key, found?.token, next, callOptions);
  return result.swapped ? result : overwrite(refs, ...call);
}

const refused: CompareAndSetResult = { swapped: false };

/** Stores that break one promise each, and the promise. */
const broken: readonly (readonly [string, string, (below: RefStore) => Change])[] = [
  [
    "cannot create",
    "a record that does not exist can be created",
    (refs) =>
      async (...call) =>
        call[1] === undefined ? refused : refs.compareAndSet(...call),
  ],
  [
    "does not know its own tokens",
    "a record is replaced with its newest token",
    (refs) =>
      async (...call) =>
        call[1] === undefined ? refs.compareAndSet(...call) : refused,
  ],
  [
    "lets two creates through when they come at once",
    "a record is created only once",
    (refs) => {
      let creates = 0;
      return async (...call) => {
        if (call[1] !== undefined || (creates += 1) > 2) return refs.compareAndSet(...call);
        await setImmediate();
        return overwrite(refs, ...call);
      };
    },
  ],
  [
    "lets two changes with one token through when they come at once",
    "a record in one state is replaced only once",
    (refs) => {
      let changes = 0;
      return async (...call) => {
        if (call[1] === undefined || (changes += 1) > 2) return refs.compareAndSet(...call);
        await setImmediate();
        return overwrite(refs, ...call);
      };
    },
  ],
  [
    "creates over what is there once it is settled",
    "a record that exists is not created again",
    (refs) => {
      let creates = 0;
      return async (...call) => {
        const isCreate = call[1] === undefined;
        if (isCreate) creates += 1;
        return isCreate && creates > 8 ? overwrite(refs, ...call) : refs.compareAndSet(...call);
      };
    },
  ],
  [
    "replaces with an old token",
    "a record is not replaced with an old token",
    (refs) => afterRaces((...call) => overwrite(refs, ...call), refs, "replace"),
  ],
  [
    "deletes with an old token",
    "a record is not deleted with an old token",
    (refs) => afterRaces((...call) => overwrite(refs, ...call), refs, "delete"),
  ],
  [
    "refuses and does it nevertheless",
    "a change that was refused did not happen",
    (refs) =>
      afterRaces(
        async (...call) => {
          await overwrite(refs, ...call);
          return refused;
        },
        refs,
        "replace",
      ),
  ],
  [
    "tells no token",
    "a change tells the record's new token",
    (refs) =>
      async (...call) => {
        const result = await refs.compareAndSet(...call);
        return result.swapped ? { swapped: true, token: undefined } : result;
      },
  ],
  [
    "tells another token than it reads",
    "a change that succeeded is there",
    (refs) =>
      async (...call) => {
        const result = await refs.compareAndSet(...call);
        return result.swapped ? { swapped: true, token: "other" as RefToken } : result;
      },
  ],
  [
    "stores other bytes",
    "a change that succeeded is there",
    (refs) =>
      (...call) => {
        const [key, expected, next, callOptions] = call;
        return refs.compareAndSet(key, expected, next?.slice(1), callOptions);
      },
  ],
  [
    "stores nothing",
    "a change that succeeded is there",
    () => {
      let creates = 0;
      return async () =>
        (creates += 1) === 1 ? { swapped: true, token: "t" as RefToken } : refused;
    },
  ],
  [
    "does not delete",
    "a record is deleted with its newest token",
    (refs) =>
      async (...call) =>
        call[2] === undefined ? refused : refs.compareAndSet(...call),
  ],
  [
    "marks what it should delete",
    "a record that was deleted is gone",
    (refs) =>
      async (...call) => {
        const [key, expected, next] = call;
        if (next !== undefined) return refs.compareAndSet(...call);
        const { swapped } = await refs.compareAndSet(key, expected, new Uint8Array());
        return swapped ? { swapped, token: undefined } : refused;
      },
  ],
  [
    "takes the token of a record that is gone",
    "a record that was deleted is not replaced",
    (refs) =>
      async (...call) => {
        const [key, expected, next] = call;
        const isGone = expected !== undefined && (await refs.read(key)) === undefined;
        return isGone && next !== undefined
          ? overwrite(refs, ...call)
          : refs.compareAndSet(...call);
      },
  ],
];

/** Keeps its promises until several changes at once are over; single ones with an old token then go another way. */
function afterRaces(odd: Change, refs: RefStore, which: "replace" | "delete"): Change {
  let replaces = 0;
  return async (...call) => {
    const [key, expected, next] = call;
    if (expected !== undefined && next !== undefined) replaces += 1;
    const isOld = expected !== undefined && (await refs.read(key))?.token !== expected;
    const isWanted = which === "delete" ? next === undefined : next !== undefined && replaces > 8;
    return isOld && isWanted ? odd(...call) : refs.compareAndSet(...call);
  };
}

/** A server that does not know the condition "must not exist", and forgets a condition that it does not know. */
const ignoresAbsence = (refs: RefStore): Change => {
  return (...call) =>
    call[1] === undefined ? overwrite(refs, ...call) : refs.compareAndSet(...call);
};

/** A server that does not know the condition "must be in this state". */
const ignoresTokens = (refs: RefStore): Change => {
  return (...call) =>
    call[1] === undefined ? refs.compareAndSet(...call) : overwrite(refs, ...call);
};

describe("a store that breaks a promise", () => {
  test.each(broken)("and %s is refused: %s", async (_, promise, change) => {
    await createLibrary(options);
    const faulty = changing(change);
    await expect(openLibrary(faulty)).rejects.toMatchObject({
      name: "VersionStoreError",
      code: "unsupported-capability",
      retry: "never",
      details: { promise },
      message: expect.stringContaining("several writers would lose each other's changes") as string,
    });
  });

  test.each([
    ["vector 117: by creating over what is there", ignoresAbsence, "a record is created only once"],
    [
      "vector 118: by replacing what changed",
      ignoresTokens,
      "a record in one state is replaced only once",
    ],
  ] as const)("%s is refused, before anything is stored", async (_, change, promise) => {
    const error = { code: "unsupported-capability", details: { promise } };
    await expect(createLibrary(changing(change))).rejects.toMatchObject(error);
    expect(await refKeys(store)).toEqual([]);
    await createLibrary(options);
    await expect(openLibrary(changing(change))).rejects.toMatchObject(error);
    expect(await refKeys(store)).toEqual(["config"]);
  });

  test("can be read, and can be written by who knows better", async () => {
    const library = await createLibrary(options);
    await library.write("s", "value");
    const faulty = changing(ignoresTokens);
    const reading = await openLibrary({ ...faulty, readOnly: true });
    expect((await reading.read("s")).value).toBe("value");
    const writing = await openLibrary({ ...faulty, probe: false });
    expect(await writing.write("s", "other")).toMatchObject({ version: 2 });
    store = openMemoryStore();
    await createLibrary({ ...changing(ignoresTokens), probe: false });
    expect(await refKeys(store)).toEqual(["config"]);
  });
});

describe("a probe", () => {
  test("leaves nothing in a sound store", async () => {
    await createLibrary(options);
    await openLibrary(options);
    expect(await refKeys(store)).toEqual(["config"]);
  });

  test("writes nothing when the library is only read", async () => {
    await createLibrary(options);
    const readOnly = changing(() => () => {
      throw new StorageError("read-only", "not from here");
    });
    await openLibrary({ ...readOnly, readOnly: true });
    await expect(openLibrary(readOnly)).rejects.toMatchObject({ code: "read-only" });
  });

  test.each([
    ["reply", loseReply],
    ["request", loseRequest],
  ])("begins again when a %s was lost", async (_, lose) => {
    await createLibrary(options);
    for (let nth = 0; nth < 20; nth += 1) {
      const scripted = scriptRefs(store.refs, "i/");
      scripted.changes.push(...Array.from({ length: nth }, () => pass), lose);
      await openLibrary(optionsOf({ blobs: store.blobs, refs: scripted.refs }));
      expect(await refKeys(store)).toEqual(["config"]);
    }
  });

  test("does not mind copies of its requests that arrive late", async () => {
    await createLibrary(options);
    for (let nth = 0; nth < 20; nth += 1) {
      const scripted = scriptRefs(store.refs, "i/");
      const arriving = async (perform: () => Promise<CompareAndSetResult>) => {
        await scripted.arrive();
        return perform();
      };
      scripted.changes.push(...Array.from({ length: nth }, () => pass), duplicate(scripted));
      scripted.changes.push(...Array.from({ length: 20 - nth }, () => pass));
      const late = nth < 8 ? 19 : nth + 1;
      scripted.changes[late] = arriving;
      scripted.reads.push(...Array.from({ length: 3 }, () => readNow), async (perform) => {
        await scripted.arrive();
        return perform();
      });
      await openLibrary(optionsOf({ blobs: store.blobs, refs: scripted.refs }));
      expect(scripted.late).toEqual([]);
      expect(await refKeys(store)).toEqual(["config"]);
    }
  });

  test("gives up when replies are lost again and again", async () => {
    await createLibrary(options);
    let calls = 0;
    const silent = changing(() => () => {
      calls += 1;
      return Promise.reject(noReply());
    });
    await expect(openLibrary(silent)).rejects.toMatchObject({ retry: "unknown-outcome" });
    expect(calls).toBe(4 * 8);
  });

  test("does not judge a full store", async () => {
    const library = await createLibrary(options);
    await library.write("s", "value");
    const full = changing(() => () => Promise.reject(new StorageError("full", "no room")));
    expect((await (await openLibrary(full)).read("s")).value).toBe("value");
  });

  test("waits for every one of its changes before it goes on", async () => {
    await createLibrary(options);
    const scripted = scriptRefs(store.refs, "i/");
    let late: Promise<unknown> = Promise.resolve();
    scripted.changes.push(refuse, async (perform) => {
      const result = setImmediate().then(perform);
      late = result;
      return result;
    });
    await openLibrary(optionsOf({ blobs: store.blobs, refs: scripted.refs }));
    await late;
    expect(await refKeys(store)).toEqual(["config"]);
  });

  test("that a crash cut short leaves an intent that a collection gives up", async () => {
    const library = await createLibrary(options);
    await library.write("s", "value");
    const { clock } = options;
    const dying = changing((refs) => {
      let calls = 0;
      return async (...call) => {
        calls += 1;
        if (calls > 3) throw new Error("gone");
        return refs.compareAndSet(...call);
      };
    });
    await expect(openLibrary(dying)).rejects.toThrow("gone");
    expect(await refKeys(store)).toEqual(["config", "h/s", expect.stringMatching(/^i\//)]);
    // Nobody minds it until its time is over.
    expect(await library.collect()).toMatchObject({ expired: [] });
    expect(await library.write("s", "other")).toMatchObject({ version: 2 });
    await clock?.sleep(30 * 3_600_000);
    expect((await library.collect()).expired).toHaveLength(1);
    expect(await refKeys(store)).not.toContainEqual(expect.stringMatching(/^i\//));
    expect((await library.read("s")).value).toBe("other");
  });

  test("ends with its signal", async () => {
    await createLibrary(options);
    const controller = new AbortController();
    const aborting = changing((refs) => async (...call) => {
      const result = await refs.compareAndSet(...call);
      controller.abort(new Error("stop"));
      return result;
    });
    await expect(openLibrary({ ...aborting, signal: controller.signal })).rejects.toMatchObject({
      code: "aborted",
    });
    expect(await refKeys(store)).toEqual(["config"]);
  });
});

const pass = (perform: () => Promise<CompareAndSetResult>): Promise<CompareAndSetResult> =>
  perform();

const readNow = <T>(perform: () => Promise<T>): Promise<T> => perform();
