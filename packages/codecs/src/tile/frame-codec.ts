import type { Checksum } from "../checksum.ts";
import { CodecError } from "../codec-error.ts";
import { requireInteger } from "../require-integer.ts";
import type { PanelBody, TileMode } from "./panel-body.ts";
import type { PanelKernel } from "./panel-kernel.ts";
import { readFrameHeader, type FrameReadingContext } from "./read-frame-header.ts";
import { Scratch } from "./scratch.ts";
import type { DecodedTile, EncodedTile, EncodeTileOptions, TileCodec } from "./tile-codec.ts";
import type { PanelEntry, TileFrameHeader } from "./tile-frame-header.ts";
import { headerBytesFor } from "./tile-frame-layout.ts";
import {
  PANEL_STEPS,
  panelCount,
  stepsInPanel,
  valuesInPanels,
  type PanelRange,
  type PanelSteps,
  type TileShape,
} from "./tile-shape.ts";
import { writeFrameHeader } from "./write-frame-header.ts";

/** What `auto` chooses from, the plainest first: it is taken when others are no smaller. */
const automaticModes: readonly TileMode[] = ["raw", "pack", "decimal"];

export interface FrameCodecContext extends FrameReadingContext {
  readonly checksum: Checksum;
  /** Where panels are brought to be hashed and unpacked, if there is one. */
  readonly kernel: PanelKernel | undefined;
}

/** The one implementation of {@link TileCodec}, over any set of panel bodies. */
export class FrameCodec implements TileCodec {
  readonly #context: FrameCodecContext;
  readonly #scratch = new Scratch();

  constructor(context: FrameCodecContext) {
    this.#context = context;
  }

  encode(tile: Float32Array, shape: TileShape, options: EncodeTileOptions): EncodedTile {
    this.#checkShape(tile, shape);
    const panels = this.#checkPanels(shape, options.panels);
    const { decimals } = options;
    if (options.mode !== "auto") return this.#encode(tile, shape, panels, options.mode, decimals);
    let smallest: EncodedTile | undefined;
    for (const mode of automaticModes) {
      const encoded = this.#encode(tile, shape, panels, mode, decimals);
      if (smallest === undefined || encoded.bytes.length < smallest.bytes.length) {
        smallest = encoded;
      }
    }
    return smallest as EncodedTile;
  }

  #encode(
    tile: Float32Array,
    shape: TileShape,
    panels: PanelRange,
    mode: TileMode,
    decimals: number | undefined,
  ): EncodedTile {
    const { bodies, checksum } = this.#context;
    const body = bodies[mode];
    if (body === undefined) {
      throw new CodecError("invalid-argument", `mode is unknown mode=${mode}`);
    }
    const words = new Int32Array(tile.buffer, tile.byteOffset, tile.length);
    const headerBytes = headerBytesFor(panels.count);
    const frame = this.#scratch.take(headerBytes + mostPanelBytes(body, shape, panels));
    const entries: PanelEntry[] = [];
    let offset = headerBytes;
    for (let panel = panels.first; panel < panels.first + panels.count; panel += 1) {
      const steps = stepsInPanel(shape, panel);
      const start = panel * PANEL_STEPS * shape.simulations;
      const source = words.subarray(start, start + steps * shape.simulations);
      const room = frame.subarray(offset, offset + body.maxBytes(shape.simulations, steps));
      const byteLength = body.encode(source, shape.simulations, steps, room, decimals);
      const hash = checksum.hash128(room.subarray(0, byteLength));
      entries.push({ offset, byteLength, hash });
      offset += byteLength;
    }
    this.#checkFrameBytes(offset);
    const header = frame.subarray(0, headerBytes);
    const hash = writeFrameHeader(header, body.id, shape, panels, entries, checksum);
    return { bytes: frame.slice(0, offset), hash, mode };
  }

  readHeader(bytes: Uint8Array): TileFrameHeader {
    return readFrameHeader(bytes, this.#context);
  }

  decodePanel(
    header: TileFrameHeader,
    panel: number,
    panelBytes: Uint8Array,
    out: Float32Array,
    outOffset: number,
    wanted?: PanelSteps,
  ): void {
    const { mode, shape, panelSteps, panels } = header;
    requireInteger("panel", panel, panels.first, panels.first + panels.count - 1);
    const entry = header.entries[panel - panels.first] as PanelEntry;
    const steps = stepsInPanel(shape, panel, panelSteps);
    const { from, to } = wanted ?? { from: 0, to: steps };
    requireInteger("first step", from, 0, steps - 1);
    requireInteger("end of the steps", to, from + 1, steps);
    const { simulations } = shape;
    const count = (to - from) * simulations;
    if (!Number.isInteger(outOffset) || outOffset < 0 || outOffset + count > out.length) {
      throw new CodecError(
        "invalid-argument",
        `panel does not fit panel=${panel} values=${count} outOffset=${outOffset} outLength=${out.length}`,
      );
    }
    checkPanelLength(panel, panelBytes, entry);
    const { kernel, verifier, bodies } = this.#context;
    const bytes = kernel?.bring(panelBytes, simulations, steps) ?? panelBytes;
    if (!verifier.matches(bytes, entry.hash)) {
      throw new CodecError("damaged", `panel does not match its hash panel=${panel}`, {
        details: { panel },
      });
    }
    const words = new Int32Array(out.buffer, out.byteOffset + 4 * outOffset, count);
    bodies[mode].decode(bytes, simulations, steps, { from, to }, words);
  }

  decode(bytes: Uint8Array, out?: Float32Array): DecodedTile {
    const header = this.readHeader(bytes);
    const { shape, panelSteps, panels, frameBytes } = header;
    if (bytes.length < frameBytes) {
      throw new CodecError(
        "truncated",
        `tile frame is cut off needed=${frameBytes} found=${bytes.length}`,
        { details: { neededBytes: frameBytes } },
      );
    }
    if (bytes.length > frameBytes) {
      throw new CodecError(
        "damaged",
        `bytes follow the tile frame frameBytes=${frameBytes} found=${bytes.length}`,
      );
    }
    const count = valuesInPanels(shape, panels, panelSteps);
    const values = out === undefined ? new Float32Array(count) : out.subarray(0, count);
    for (const [index, entry] of header.entries.entries()) {
      const panelBytes = bytes.subarray(entry.offset, entry.offset + entry.byteLength);
      const outOffset = index * panelSteps * shape.simulations;
      this.decodePanel(header, panels.first + index, panelBytes, values, outOffset);
    }
    return { header, values };
  }

  #checkShape(tile: Float32Array, shape: TileShape): void {
    const { limits } = this.#context;
    requireInteger("simulations", shape.simulations, 1, limits.maxSimulations);
    requireInteger("steps", shape.steps, 1, limits.maxSteps);
    if (tile.length !== shape.simulations * shape.steps) {
      throw new CodecError(
        "invalid-argument",
        `tile has another length than its shape simulations=${shape.simulations} steps=${shape.steps} ` +
          `length=${tile.length}`,
      );
    }
  }

  #checkPanels(shape: TileShape, wanted: PanelRange | undefined): PanelRange {
    const total = panelCount(shape);
    const panels = wanted ?? { first: 0, count: total };
    requireInteger("first panel", panels.first, 0, total - 1);
    requireInteger("panel count", panels.count, 1, total - panels.first);
    this.#checkFrameBytes(4 * valuesInPanels(shape, panels));
    return panels;
  }

  #checkFrameBytes(found: number): void {
    const limit = this.#context.limits.maxFrameBytes;
    if (found <= limit) return;
    throw new CodecError("too-large", `frame is over the limit limit=${limit} found=${found}`, {
      details: { limit, found },
    });
  }
}

function checkPanelLength(panel: number, panelBytes: Uint8Array, { byteLength }: PanelEntry): void {
  if (panelBytes.length >= byteLength) return;
  throw new CodecError(
    "truncated",
    `panel is cut off panel=${panel} needed=${byteLength} found=${panelBytes.length}`,
    { details: { neededBytes: byteLength } },
  );
}

function mostPanelBytes(body: PanelBody, shape: TileShape, panels: PanelRange): number {
  let total = 0;
  for (let panel = panels.first; panel < panels.first + panels.count; panel += 1) {
    total += body.maxBytes(shape.simulations, stepsInPanel(shape, panel));
  }
  return total;
}
