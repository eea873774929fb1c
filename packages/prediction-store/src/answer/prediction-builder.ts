import { type ForecastRequest, stepCount } from "../request/forecast-request.ts";
import type { AnswerRoom } from "./answer-room.ts";
import { type AnswerOutcome, type InvalidAnswer, rejected } from "./answer.ts";
import { floatPriceFault, integerPriceFault, type PriceFault } from "./price-rules.ts";

/** What a value of an answer is, in the words of messages. */
export type ValueKind =
  | "null"
  | "boolean"
  | "number"
  | "text"
  | "bytes"
  | "array"
  | "object"
  | "extension";

/** Where the points of one path go. */
export interface PathColumn {
  readonly tile: Float32Array<ArrayBuffer>;
  readonly first: number;
  readonly stride: number;
  /** Points the path should have; a reader stores no more. */
  readonly steps: number;
}

/** Seconds as text: some miners quote the first two elements, and the network's own reader takes that. */
const wholeNumber = /^(?:0|[1-9][0-9]{0,15})$/;

/** So many characters of a text tell whether it is such a number. */
export const HEADER_TEXT_LENGTH = 17;

/**
 * The rules of an answer, and the tile they let through. A reader of some notation walks the value
 * `[start_ts, time_increment, path_1, …, path_N]` and tells what it meets, in order; `finish` gives the verdict.
 *
 * The first rule broken decides, in the order of the rules and not of the text: too few paths comes before a bad price in
 * the first of them. So the walk goes on after a fault, only counting.
 */
export class PredictionBuilder {
  readonly #request: ForecastRequest;
  readonly #steps: number;
  readonly #tile: Float32Array<ArrayBuffer>;
  #notASequence: ValueKind | undefined;
  #elementCount = 0;
  #startFault: InvalidAnswer | undefined;
  #incrementFault: InvalidAnswer | undefined;
  #startMismatch: InvalidAnswer | undefined;
  #incrementMismatch: InvalidAnswer | undefined;
  /** Of the first path that broke a rule. */
  #pathFault: InvalidAnswer | undefined;
  /** Most digits of a price behind its point; infinite when that is not known. */
  #decimals = 0;
  /** The first bad point. It counts only if its path has the right length; no path behind it is judged. */
  #pointFault: InvalidAnswer | undefined;

  /**
   * @param byteLength bytes of the value as it arrived; no tile is made for fewer than one byte per point
   * @param room where the tile is made, instead of in an array of its own
   */
  constructor(request: ForecastRequest, byteLength: number, room?: AnswerRoom) {
    this.#request = request;
    this.#steps = stepCount(request);
    const points = this.#steps * request.simulations;
    const length = byteLength < points ? 0 : points;
    // Every value of a room's tile is stored anew before the tile is anybody's: paths and points are counted. One without
    // values is not in the room, where prices would be stored all the same.
    this.#tile = (length > 0 ? room?.tile(length) : undefined) ?? new Float32Array(length);
  }

  /** The whole value is no array. Nothing but `finish` may follow. */
  notASequence(kind: ValueKind): void {
    this.#notASequence = kind;
  }

  /** The next element is an integer. A value beyond 2^53 may be its nearest double. */
  integerElement(value: number): void {
    const index = this.#elementCount++;
    const { startUnixSeconds, timeIncrementSeconds } = this.#request;
    if (index === 0 && value !== startUnixSeconds) {
      this.#startMismatch = rejected(
        "start_time_mismatch",
        `start time is not the request's expected=${startUnixSeconds} actual=${value}`,
      );
    } else if (index === 1 && value !== timeIncrementSeconds) {
      this.#incrementMismatch = rejected(
        "increment_mismatch",
        `time increment is not the request's expected=${timeIncrementSeconds} actual=${value}`,
      );
    } else if (index >= 2) {
      this.#notAPath(index, "number");
    }
  }

  /** The next element is a text; of a long one the first {@link HEADER_TEXT_LENGTH} characters do. */
  textElement(text: string): void {
    if (this.#elementCount < 2 && wholeNumber.test(text)) this.integerElement(Number(text));
    else this.otherElement("text");
  }

  /** The next element is neither an integer nor a text, and no array that `beginPath` takes. */
  otherElement(kind: ValueKind): void {
    const index = this.#elementCount++;
    if (index === 0) {
      this.#startFault = rejected("start_time_not_int", `start time is no integer type=${kind}`);
    } else if (index === 1) {
      this.#incrementFault = rejected(
        "increment_not_int",
        `time increment is no integer type=${kind}`,
      );
    } else {
      this.#notAPath(index, kind);
    }
  }

  /** `true` when the next element may be a path: the two before it were the header. */
  get atPath(): boolean {
    return this.#elementCount >= 2;
  }

  /**
   * The next element is an array.
   *
   * @returns where its points go: point `p` to `tile[first + p * stride]`. A reader may store a price there itself when it
   *   knows that the price keeps every rule. `undefined` when the points no longer matter and need only be counted.
   */
  beginPath(): PathColumn | undefined {
    const path = this.#elementCount++ - 2;
    const stride = this.#request.simulations;
    if (this.#failed || path >= stride) return undefined;
    return { tile: this.#tile, first: path, stride, steps: this.#steps };
  }

  /**
   * Where the points of the next paths would go.
   *
   * @returns the column of the first of them, with those of the others behind it; a reader may store prices there that keep
   *   every rule. `undefined` when there are not so many, or their points no longer matter.
   */
  columnOfNext(pathCount: number): PathColumn | undefined {
    const path = this.#elementCount - 2;
    const stride = this.#request.simulations;
    if (this.#failed || path < 0 || path + pathCount > stride) return undefined;
    return { tile: this.#tile, first: path, stride, steps: this.#steps };
  }

  /** The next elements are paths whose points are all where {@link columnOfNext} said. */
  wholePaths(pathCount: number): void {
    this.#elementCount += pathCount;
  }

  /** Prices that were stored have so many digits behind their points, at most. */
  digitsBehindPoint(count: number): void {
    if (count > this.#decimals) this.#decimals = count;
  }

  /** The point `point` of the path is an integer; `characters` counts its digits and its sign. */
  integerPrice(point: number, value: number, characters: number): void {
    this.#price(point, value, integerPriceFault(value, characters));
  }

  /** The point `point` of the path is a floating point number. */
  floatPrice(point: number, value: number): void {
    this.#price(point, value, floatPriceFault(value));
  }

  /** The point `point` of the path is no number. */
  otherPrice(point: number, kind: ValueKind): void {
    this.#price(point, 0, {
      reason: "price_not_a_number",
      message: `price is no number type=${kind}`,
    });
  }

  /** `false` once the path has a bad point: what follows needs only counting. */
  get pathIsGood(): boolean {
    return this.#pointFault === undefined;
  }

  /** The array that `beginPath` opened had so many elements. */
  endPath(pointCount: number): void {
    if (pointCount !== this.#steps) {
      this.#pathFault ??= rejected(
        "point_count",
        `path has not one point per step expected=${this.#steps} actual=${pointCount} path=${this.#path}`,
      );
    }
    this.#pathFault ??= this.#pointFault;
  }

  /** The verdict on the value. Call once, after its end. The tile belongs to the caller, unless it is a room's. */
  finish(): AnswerOutcome {
    const fault = this.#fault();
    if (fault !== undefined) return fault;
    const decimals = this.#decimals;
    return { status: "valid", tile: this.#tile, ...(Number.isFinite(decimals) && { decimals }) };
  }

  #fault(): InvalidAnswer | undefined {
    if (this.#notASequence === "null") return rejected("empty", "answer is null");
    if (this.#notASequence !== undefined) {
      return rejected("not_a_sequence", `answer is no array type=${this.#notASequence}`);
    }
    if (this.#elementCount === 0) return rejected("empty", "answer is an empty array");
    if (this.#startFault !== undefined) return this.#startFault;
    if (this.#elementCount === 1) return rejected("increment_not_int", "time increment is missing");
    return (
      this.#incrementFault ??
      this.#startMismatch ??
      this.#incrementMismatch ??
      this.#pathCountFault() ??
      this.#pathFault
    );
  }

  #pathCountFault(): InvalidAnswer | undefined {
    const expected = this.#request.simulations;
    const actual = this.#elementCount - 2;
    if (actual === expected) return undefined;
    return rejected(
      "path_count",
      `answer has not one path per simulation expected=${expected} actual=${actual}`,
    );
  }

  #notAPath(index: number, kind: ValueKind): void {
    this.#pathFault ??= rejected(
      "path_not_a_sequence",
      `path is no array type=${kind} path=${index - 2}`,
    );
  }

  #price(point: number, value: number, fault: PriceFault | undefined): void {
    this.#decimals = Infinity;
    if (fault !== undefined) {
      this.#pointFault ??= rejected(
        fault.reason,
        `${fault.message} path=${this.#path} point=${point}`,
      );
    } else if (point < this.#steps) {
      this.#tile[point * this.#request.simulations + this.#path] = value;
    }
  }

  get #path(): number {
    return this.#elementCount - 3;
  }

  get #failed(): boolean {
    return (
      this.#startFault !== undefined ||
      this.#incrementFault !== undefined ||
      this.#startMismatch !== undefined ||
      this.#incrementMismatch !== undefined ||
      this.#pathFault !== undefined
    );
  }
}
