import type { CatalogErrorCode } from "@foretile/catalog";
import type { CodecErrorCode } from "@foretile/codecs";
import type { KeyspaceErrorCode } from "@foretile/keyspace";
import type { PredictionStoreErrorCode } from "@foretile/prediction-store";
import type { StorageErrorCode } from "@foretile/storage";
import type { TraceStoreErrorCode } from "@foretile/trace-store";
import type { VersionStoreErrorCode } from "@foretile/version-store";
import type { WorkerPoolErrorCode } from "@foretile/worker-pool";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** What a program says and does about an error code. */
export interface ErrorAdvice {
  readonly exit: ExitCode;
  /** What the user can do; missing where the message says all. */
  readonly hint?: string;
}

const askForReport = "this looks like a defect of the program: please report it";
const upgrade = "upgrade this program to the release that wrote the store, or a later one";
const initialise = "check the store URL, or create a store there with: foretile --store URL init";
const runVerify = "list everything that is damaged with: foretile --store URL verify";

const storage: Readonly<Record<StorageErrorCode, ErrorAdvice>> = {
  "invalid-argument": { exit: EXIT.usage },
  unsupported: {
    exit: EXIT.store,
    hint: "this back end, as it is set up, cannot do that: change what the message names, or use another",
  },
  "too-large": { exit: EXIT.store },
  conflict: { exit: EXIT.store, hint: runVerify },
  closed: { exit: EXIT.unexpected, hint: askForReport },
  aborted: { exit: EXIT.interrupted },
  timeout: { exit: EXIT.store, hint: "the store is too slow or overloaded: try again later" },
  unavailable: {
    exit: EXIT.store,
    hint: "try again later, or see what is wrong with: foretile --store URL probe",
  },
  "permission-denied": {
    exit: EXIT.store,
    hint: "check the credentials, and what this user may do with the store and its files",
  },
  "read-only": {
    exit: EXIT.store,
    hint: "choose a place that this user may write to, or check its permissions and its mount",
  },
  full: { exit: EXIT.store, hint: "make room where the store lives, then run the same again" },
  "not-a-store": { exit: EXIT.store, hint: initialise },
  "format-too-new": { exit: EXIT.store, hint: upgrade },
  damaged: { exit: EXIT.damaged, hint: runVerify },
  unknown: { exit: EXIT.store },
};

const versionStore: Readonly<Record<VersionStoreErrorCode, ErrorAdvice>> = {
  "invalid-argument": { exit: EXIT.usage },
  "invalid-range": { exit: EXIT.usage },
  "no-such-column": { exit: EXIT.usage },
  "schema-mismatch": { exit: EXIT.incomplete },
  "unsorted-append": { exit: EXIT.incomplete },
  "not-append-only": { exit: EXIT.incomplete },
  "not-a-library": { exit: EXIT.store, hint: initialise },
  "library-exists": {
    exit: EXIT.store,
    hint: "nothing was changed; look at it with: foretile --store URL stats",
  },
  "format-too-new": { exit: EXIT.store, hint: upgrade },
  "unsupported-capability": {
    exit: EXIT.store,
    hint: "open it with the release and the codecs it was made with",
  },
  "read-only-library": { exit: EXIT.store, hint: "open the library for writing" },
  "quota-exceeded": {
    exit: EXIT.store,
    hint: "make room with foretile prune and foretile collect, then run the same again",
  },
  "no-data-found": { exit: EXIT.notFound },
  "version-expired": { exit: EXIT.notFound },
  "segment-expired": {
    exit: EXIT.damaged,
    hint: "the tables' rule about old cells is shorter than versions are needed: see provision",
  },
  "version-pinned": { exit: EXIT.store, hint: "delete the snapshots that pin it first" },
  "no-such-snapshot": {
    exit: EXIT.notFound,
    hint: "see the snapshots with: foretile --store URL snapshot list",
  },
  "duplicate-snapshot": { exit: EXIT.store, hint: "choose another name" },
  "data-integrity": { exit: EXIT.damaged, hint: runVerify },
  "concurrent-modification": {
    exit: EXIT.store,
    hint: "other writers kept winning: nothing was changed, run the same again",
  },
  "commit-outcome-unknown": {
    exit: EXIT.store,
    hint: "run the same again: what was published already stays as it is",
  },
  "version-taken": {
    exit: EXIT.store,
    hint: "the symbol has versions of its own there: copy it to another library",
  },
  "transaction-expired": { exit: EXIT.store, hint: "nothing was changed: run the same again" },
  "transaction-closed": { exit: EXIT.unexpected, hint: askForReport },
  "collection-refused": {
    exit: EXIT.store,
    hint: "see what would go with: foretile --store URL collect; add --force when it is meant",
  },
};

const predictionStore: Readonly<Record<PredictionStoreErrorCode, ErrorAdvice>> = {
  "invalid-request": { exit: EXIT.usage },
  "invalid-label": { exit: EXIT.usage },
  "unknown-label": {
    exit: EXIT.notFound,
    hint: "see the labels of the store with: foretile --store URL label list",
  },
  "request-mismatch": {
    exit: EXIT.incomplete,
    hint: "another request has the same label, asset and start: one of the two is wrong",
  },
  "invalid-answer": { exit: EXIT.incomplete },
  "no-such-request": {
    exit: EXIT.notFound,
    hint: "see what is published with: foretile --store URL request list",
  },
  "no-such-tile": {
    exit: EXIT.notFound,
    hint: "see every miner's status with: foretile --store URL request show KEY",
  },
  "invalid-slice": { exit: EXIT.usage },
  "invalid-query": { exit: EXIT.usage, hint: "see foretile query --help" },
  damaged: { exit: EXIT.damaged, hint: runVerify },
  "tile-expired": {
    exit: EXIT.damaged,
    hint: "the tables' rule about old cells is shorter than requests are needed: see provision",
  },
  "format-too-new": { exit: EXIT.store, hint: upgrade },
  "journal-full": {
    exit: EXIT.store,
    hint: "bring the store or the catalog back and replay the journal, or give it more room",
  },
  "journal-in-use": {
    exit: EXIT.store,
    hint: "stop the other writer, or give this one a folder of its own",
  },
  "journal-failed": {
    exit: EXIT.store,
    hint: "check the folder of the journal, its permissions and its disk",
  },
  "request-waiting": {
    exit: EXIT.store,
    hint: "it is saved when the journal is replayed: bring the store or the catalog back",
  },
  "publication-closed": { exit: EXIT.unexpected, hint: askForReport },
};

const catalog: Readonly<Record<CatalogErrorCode, ErrorAdvice>> = {
  "invalid-argument": { exit: EXIT.usage },
  "invalid-request": { exit: EXIT.usage },
  "invalid-prediction": { exit: EXIT.incomplete },
  "invalid-score": { exit: EXIT.incomplete },
  "request-mismatch": { exit: EXIT.incomplete },
  "ambiguous-request": { exit: EXIT.incomplete },
  "no-such-request": { exit: EXIT.notFound },
  "no-such-prediction": { exit: EXIT.notFound },
  "unknown-miner": { exit: EXIT.notFound },
  "unknown-label": { exit: EXIT.incomplete },
  "not-restorable": { exit: EXIT.store },
  "not-a-catalog": {
    exit: EXIT.store,
    hint: "check the URL and the schema, or make one in a database that is there with: foretile --store URL catalog init --catalog URL",
  },
  "schema-mismatch": { exit: EXIT.store },
  "format-too-new": { exit: EXIT.store, hint: upgrade },
  damaged: { exit: EXIT.damaged },
  conflict: { exit: EXIT.store, hint: "others kept winning: nothing was changed, try again" },
  closed: { exit: EXIT.unexpected, hint: askForReport },
  aborted: { exit: EXIT.interrupted },
  timeout: { exit: EXIT.store, hint: "the database is too slow or overloaded: try again later" },
  unavailable: {
    exit: EXIT.store,
    hint: "check host and port of the database, and that it runs; then try again",
  },
  "permission-denied": {
    exit: EXIT.store,
    hint: "check the user, the password and the user's rights in the database",
  },
  full: { exit: EXIT.store, hint: "make room where the database lives" },
  unknown: { exit: EXIT.store },
};

const traceStore: Readonly<Record<TraceStoreErrorCode, ErrorAdvice>> = {
  "invalid-argument": { exit: EXIT.usage },
  "invalid-position": { exit: EXIT.usage },
  "invalid-query": { exit: EXIT.usage, hint: "see foretile trace query --help" },
  "invalid-set-name": { exit: EXIT.usage },
  "no-such-set": {
    exit: EXIT.notFound,
    hint: "see the sets with: foretile --store URL trace list; trace scores of before with: foretile --store URL trace rebuild",
  },
  "tile-size-mismatch": { exit: EXIT.store },
  "value-type-mismatch": { exit: EXIT.store },
  "too-large": { exit: EXIT.usage, hint: "ask for fewer traces or a shorter range" },
  "tile-damaged": { exit: EXIT.damaged, hint: runVerify },
  "tile-expired": { exit: EXIT.damaged, hint: "it was deleted meanwhile: run the same again" },
  conflict: { exit: EXIT.store, hint: "other writers kept winning: run the same again" },
  "not-a-gold-table": { exit: EXIT.store, hint: "check the name of the table" },
  "format-too-new": { exit: EXIT.store, hint: upgrade },
};

const keyspace: Readonly<Record<KeyspaceErrorCode, ErrorAdvice>> = {
  "invalid-argument": { exit: EXIT.usage },
  malformed: { exit: EXIT.usage },
};

const codec: Readonly<Record<CodecErrorCode, ErrorAdvice>> = {
  "invalid-argument": { exit: EXIT.usage },
  "not-a-frame": { exit: EXIT.damaged, hint: runVerify },
  "unsupported-version": { exit: EXIT.store, hint: upgrade },
  "unsupported-mode": { exit: EXIT.store, hint: upgrade },
  "unsupported-element-type": { exit: EXIT.store, hint: upgrade },
  "unsupported-host": { exit: EXIT.store, hint: "use a little-endian machine" },
  "missing-compressor": { exit: EXIT.unexpected, hint: askForReport },
  truncated: { exit: EXIT.damaged, hint: runVerify },
  damaged: { exit: EXIT.damaged, hint: runVerify },
  "too-large": { exit: EXIT.damaged, hint: runVerify },
  "not-canonical": { exit: EXIT.damaged, hint: runVerify },
};

const workerPool: Readonly<Record<WorkerPoolErrorCode, ErrorAdvice>> = {
  "worker-failed": {
    exit: EXIT.unexpected,
    hint: "run the same again, with --threads 1 if it happens again, and report it",
  },
  "too-many-failures": { exit: EXIT.unexpected, hint: askForReport },
  closed: { exit: EXIT.unexpected, hint: askForReport },
};

/** Per error class, so that a new code of a package is a type error here until somebody decided about it. */
const byClass: ReadonlyMap<string, Readonly<Record<string, ErrorAdvice>>> = new Map(
  Object.entries({
    StorageError: storage,
    VersionStoreError: versionStore,
    PredictionStoreError: predictionStore,
    CatalogError: catalog,
    TraceStoreError: traceStore,
    KeyspaceError: keyspace,
    CodecError: codec,
    WorkerPoolError: workerPool,
  }),
);

/** What to do about the code of an error class; `undefined` for classes and codes that are not in the table. */
export function errorAdvice(className: string, code: string): ErrorAdvice | undefined {
  const codes = byClass.get(className);
  return codes !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined;
}
