import {
  type AnnouncedRequest,
  checkRequestAgainstLabel,
  type ForecastRequest,
  isPredictionStoreError,
  type LabelConfig,
  type PredictionStore,
} from "@foretile/prediction-store";
import { RequestSaver } from "@foretile/prediction-store/saving";
import { isStorageError } from "@foretile/storage";

import { WriterError } from "../writer-error.ts";
import { OpenRequest } from "./open-request.ts";
import { publishedFrom, type Published } from "./published.ts";
import { sameRequest } from "./same-request.ts";

/** What came of this many ids is remembered, so that a repeated publish gives the same answer. */
const MAX_REMEMBERED_IDS = 1000;

export interface WriterSessionOptions {
  /** The most requests that are open at one time. */
  readonly maxOpenRequests: number;
  /** Saves to a catalog, keeps in a journal. Default: publishes and nothing else. */
  readonly saver?: RequestSaver | undefined;
}

type Entry =
  | { readonly state: "opening"; readonly request: ForecastRequest; readonly ready: Promise<void> }
  | { readonly state: "open"; readonly request: ForecastRequest; readonly open: OpenRequest }
  | {
      readonly state: "publishing";
      readonly request: ForecastRequest;
      readonly open: OpenRequest;
      readonly done: Promise<Published>;
    };

/** What came of an id that is not open any more. */
type Ended =
  | { readonly outcome: "published"; readonly published: Published }
  | { readonly outcome: "failed"; readonly request: ForecastRequest };

/**
 * The open requests of one writer by id: what both front ends talk to.
 *
 * An id is the caller's handle and says nothing in the store. It stands for one request from the moment it is opened;
 * once published it can be opened again, with the same contents, to amend the request. Requests never expire: they stay
 * open until they are published or abandoned, and the bound refuses new ones.
 *
 * A failure of the store costs the one call that met it: the request stays open with everything that was acknowledged.
 * Only when the store never tells whether a publish happened is the request over: its id says so until it is opened
 * again. Sending the same answers again is always safe.
 */
export class WriterSession {
  readonly #predictions: PredictionStore;
  readonly #saver: RequestSaver;
  readonly #maxOpenRequests: number;
  readonly #entries = new Map<string, Entry>();
  readonly #ended = new Map<string, Ended>();
  /** As they were when the store last answered. */
  #labels: readonly LabelConfig[] | undefined;

  constructor(predictions: PredictionStore, options: WriterSessionOptions) {
    this.#predictions = predictions;
    this.#saver = options.saver ?? new RequestSaver({ predictions });
    this.#maxOpenRequests = options.maxOpenRequests;
  }

  /**
   * Reads the labels of the store, so that they are known when it goes away.
   *
   * @throws the store's error
   */
  async start(): Promise<void> {
    this.#labels = await this.#predictions.labels();
  }

  /** The requests that are not published yet, in the order they were opened. */
  openRequests(): readonly OpenRequest[] {
    return [...this.#entries.values()].flatMap((entry) =>
      entry.state === "opening" ? [] : [entry.open],
    );
  }

  /**
   * Opens a request for answers. Opening it twice is fine.
   *
   * @throws {WriterError} `request-conflict` when the id stands for another request, `too-many-open`,
   *   `unknown-label`, `invalid-request` when the request has not the sizes of its label
   * @throws {PredictionStoreError} `request-mismatch`
   */
  async open({ id, request }: AnnouncedRequest): Promise<"opened" | "already-open"> {
    const known = this.#entries.get(id);
    const earlier = known?.request ?? requestOf(this.#ended.get(id));
    if (earlier !== undefined && !sameRequest(earlier, request)) {
      throw new WriterError("request-conflict", `id stands for another request id=${quote(id)}`);
    }
    if (known?.state === "publishing") {
      // The next publication starts from what this one leaves.
      await known.done.catch(() => undefined);
      return this.open({ id, request });
    }
    if (known?.state === "opening") await known.ready;
    if (known !== undefined) return "already-open";
    if (this.#entries.size >= this.#maxOpenRequests) {
      throw new WriterError(
        "too-many-open",
        `too many open requests, publish or abandon one first limit=${this.#maxOpenRequests}`,
      );
    }
    const ready = this.#begin(id, request);
    this.#entries.set(id, { state: "opening", request, ready });
    await ready;
    return "opened";
  }

  /**
   * The open request of an id.
   *
   * @throws {WriterError} `unknown-request`, `already-published`, `request-failed`
   */
  find(id: string): OpenRequest {
    const entry = this.#entries.get(id);
    if (entry?.state === "open") return entry.open;
    if (entry?.state === "publishing") throw alreadyPublished(id);
    const ended = this.#ended.get(id);
    if (ended === undefined || entry !== undefined) throw unknownRequest(id);
    throw ended.outcome === "published" ? alreadyPublished(id) : requestFailed(id);
  }

  /**
   * Makes an open request visible. Repeating the call for a recently published id gives the same result; a call that
   * failed may be repeated too.
   *
   * @throws {WriterError} `unknown-request`, `request-failed`
   * @throws {PredictionStoreError} `request-mismatch`; the request can never be published and is let go of
   * @throws the store's error
   */
  async publish(id: string): Promise<Published> {
    const entry = this.#entries.get(id);
    if (entry?.state === "publishing") return entry.done;
    const ended = this.#ended.get(id);
    if (entry === undefined && ended?.outcome === "published") return ended.published;
    const open = this.find(id);
    const done = this.#publish(open);
    this.#entries.set(id, { state: "publishing", request: open.request, open, done });
    return done;
  }

  /**
   * Lets go of an open request and its answers.
   *
   * @throws {WriterError} `unknown-request`, `already-published`, `request-failed`
   */
  async abandon(id: string): Promise<void> {
    const open = this.find(id);
    this.#entries.delete(id);
    await open.abandon();
  }

  async #begin(id: string, request: ForecastRequest): Promise<void> {
    try {
      // Read each time: an operator may change the labels while the writer runs.
      checkLabel(request, await this.#readLabels());
      const open = new OpenRequest(id, request, await this.#saver.begin({ request }));
      this.#entries.set(id, { state: "open", request, open });
    } catch (error) {
      this.#entries.delete(id);
      throw error;
    }
  }

  async #readLabels(): Promise<readonly LabelConfig[]> {
    try {
      this.#labels = await this.#predictions.labels();
    } catch (error) {
      // Whether a store that is away costs the request its place, its saver decides.
      if (this.#labels === undefined || !isAway(error)) throw error;
    }
    return this.#labels;
  }

  async #publish(open: OpenRequest): Promise<Published> {
    const { id, request } = open;
    try {
      const published = publishedFrom(open, await open.publish());
      this.#entries.delete(id);
      this.#remember(id, { outcome: "published", published });
      return published;
    } catch (error) {
      if (isPredictionStoreError(error, "request-mismatch")) {
        this.#entries.delete(id);
        // The mismatch is what to report; segments that stay behind belong to no version.
        await open.abandon().catch(() => undefined);
      } else if (open.isOpen) {
        this.#entries.set(id, { state: "open", request, open });
      } else {
        this.#entries.delete(id);
        this.#remember(id, { outcome: "failed", request });
      }
      throw error;
    }
  }

  #remember(id: string, ended: Ended): void {
    this.#ended.delete(id);
    this.#ended.set(id, ended);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_REMEMBERED_IDS && oldest !== undefined) this.#ended.delete(oldest);
  }
}

function checkLabel(request: ForecastRequest, labels: readonly LabelConfig[]): void {
  const config = labels.find(({ label }) => label === request.label);
  if (config === undefined) {
    const known = labels.map(({ label }) => label).join(",");
    throw new WriterError(
      "unknown-label",
      `store has no such label label=${request.label} known=${known}`,
    );
  }
  const difference = checkRequestAgainstLabel(request, config);
  if (difference !== undefined) throw new WriterError("invalid-request", difference);
}

function isAway(error: unknown): boolean {
  return isStorageError(error);
}

function requestOf(ended: Ended | undefined): ForecastRequest | undefined {
  return ended?.outcome === "published" ? ended.published.request : ended?.request;
}

function unknownRequest(id: string): WriterError {
  return new WriterError("unknown-request", `no such request is open id=${quote(id)}`);
}

function alreadyPublished(id: string): WriterError {
  return new WriterError(
    "already-published",
    `already published; send the request line again to amend it id=${quote(id)}`,
  );
}

function requestFailed(id: string): WriterError {
  return new WriterError(
    "request-failed",
    `the store did not tell whether this was published; send the request and its answers again id=${quote(id)}`,
  );
}

function quote(id: string): string {
  return JSON.stringify(id.length > 128 ? `${id.slice(0, 128)}…` : id);
}
