import { HASH_BYTES } from "../checksum.ts";
import { CodecError } from "../codec-error.ts";
import { checkMagic } from "../check-magic.ts";
import type { HashVerifier } from "./hash-verifier.ts";
import type { PanelBody, TileMode } from "./panel-body.ts";
import type { TileCodecLimits } from "./tile-codec-limits.ts";
import type { PanelEntry, TileFrameHeader } from "./tile-frame-header.ts";
import {
  DIRECTORY_AT,
  DIRECTORY_ENTRY_BYTES,
  ELEMENT_FLOAT32,
  ELEMENT_TYPE_AT,
  FIRST_PANEL_AT,
  FRAME_MAGIC,
  FRAME_VERSION,
  MODE_AT,
  PANEL_COUNT_AT,
  PANEL_STEPS_AT,
  SIMULATIONS_AT,
  STEPS_AT,
  VERSION_AT,
  headerBytesFor,
} from "./tile-frame-layout.ts";
import {
  panelCount,
  stepsInPanel,
  valuesInPanels,
  type PanelRange,
  type TileShape,
} from "./tile-shape.ts";

/** What reading a header needs to know. */
export interface FrameReadingContext {
  readonly bodies: Readonly<Record<TileMode, PanelBody>>;
  readonly limits: TileCodecLimits;
  readonly verifier: HashVerifier;
}

/**
 * Parses and verifies a frame's header. The order of the checks matters: the version comes first (another version may
 * have another layout), then the length, then the hash, and only then the fields, so that a flipped bit is called
 * damage and an unknown mode is really one.
 *
 * @param bytes at least the header, at any alignment; what follows is not looked at
 * @returns a header that shares no memory with `bytes`
 */
export function readFrameHeader(
  bytes: Uint8Array,
  { bodies, limits, verifier }: FrameReadingContext,
): TileFrameHeader {
  const header = verifiedHeaderBytes(bytes, limits, verifier);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const mode = readMode(view.getUint8(MODE_AT), bodies);
  readElementType(view.getUint8(ELEMENT_TYPE_AT));
  const shape = {
    simulations: view.getUint32(SIMULATIONS_AT, true),
    steps: view.getUint32(STEPS_AT, true),
  };
  const panelSteps = view.getUint32(PANEL_STEPS_AT, true);
  const panels = {
    first: view.getUint32(FIRST_PANEL_AT, true),
    count: view.getUint32(PANEL_COUNT_AT, true),
  };
  checkSizes(shape, panelSteps, panels, limits);
  const directory: Directory = { header, view, shape, panelSteps, panels };
  const entries = readDirectory(directory, bodies[mode]);
  const last = entries.at(-1);
  const frameBytes = last === undefined ? header.length : last.offset + last.byteLength;
  checkLimit("frame", frameBytes, limits.maxFrameBytes);
  return {
    mode,
    shape,
    panelSteps,
    panels,
    entries,
    headerBytes: header.length,
    frameBytes,
    hash: header.subarray(header.length - HASH_BYTES),
  };
}

/** A copy of the header's bytes, once magic, version, length and hash are right. */
function verifiedHeaderBytes(
  bytes: Uint8Array,
  limits: TileCodecLimits,
  verifier: HashVerifier,
): Uint8Array {
  checkMagic(bytes, FRAME_MAGIC, "tile frame");
  requireBytes(bytes, MODE_AT);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(VERSION_AT, true);
  if (version !== FRAME_VERSION) {
    throw new CodecError(
      "unsupported-version",
      `upgrade @foretile/codecs to read this format of tile frames found=${version} reads=${FRAME_VERSION}`,
      { details: { found: version, reads: FRAME_VERSION } },
    );
  }
  requireBytes(bytes, DIRECTORY_AT);
  const count = view.getUint32(PANEL_COUNT_AT, true);
  // Every panel has a step, so that this bounds the header before it is asked for.
  checkLimit("panel count", count, limits.maxSteps);
  const headerBytes = headerBytesFor(count);
  requireBytes(bytes, headerBytes);
  const header = new Uint8Array(bytes.subarray(0, headerBytes));
  const hashAt = headerBytes - HASH_BYTES;
  if (!verifier.matches(bytes.subarray(0, hashAt), header.subarray(hashAt))) {
    throw new CodecError("damaged", "header of the tile frame does not match its hash");
  }
  return header;
}

function readMode(id: number, bodies: Readonly<Record<TileMode, PanelBody>>): TileMode {
  const modes = Object.keys(bodies) as TileMode[];
  const mode = modes.find((name) => bodies[name].id === id);
  if (mode !== undefined) return mode;
  throw new CodecError(
    "unsupported-mode",
    `upgrade @foretile/codecs to read this mode of tile frames found=${id} reads=${modes.join(",")}`,
    { details: { found: id } },
  );
}

function readElementType(id: number): void {
  if (id === ELEMENT_FLOAT32) return;
  throw new CodecError(
    "unsupported-element-type",
    `upgrade @foretile/codecs to read this element type found=${id} reads=${ELEMENT_FLOAT32}`,
    { details: { found: id } },
  );
}

function checkSizes(
  shape: TileShape,
  panelSteps: number,
  panels: PanelRange,
  limits: TileCodecLimits,
): void {
  checkLimit("simulations", shape.simulations, limits.maxSimulations);
  checkLimit("steps", shape.steps, limits.maxSteps);
  checkLimit("panel steps", panelSteps, limits.maxSteps);
  if (
    shape.simulations === 0 ||
    shape.steps === 0 ||
    panelSteps === 0 ||
    panels.count === 0 ||
    panels.first + panels.count > panelCount(shape, panelSteps)
  ) {
    throw new CodecError(
      "damaged",
      `tile frame has an impossible shape simulations=${shape.simulations} steps=${shape.steps} ` +
        `panelSteps=${panelSteps} firstPanel=${panels.first} panelCount=${panels.count}`,
    );
  }
  const valueBytes = 4 * valuesInPanels(shape, panels, panelSteps);
  checkLimit("decoded frame", valueBytes, limits.maxFrameBytes);
}

interface Directory {
  readonly header: Uint8Array;
  readonly view: DataView;
  readonly shape: TileShape;
  readonly panelSteps: number;
  readonly panels: PanelRange;
}

function readDirectory(directory: Directory, body: PanelBody): PanelEntry[] {
  const { header, view, shape, panelSteps, panels } = directory;
  const entries: PanelEntry[] = [];
  let at = DIRECTORY_AT;
  let offset = header.length;
  for (let index = 0; index < panels.count; index += 1) {
    const byteLength = view.getUint32(at, true);
    const steps = stepsInPanel(shape, panels.first + index, panelSteps);
    const least = body.minBytes(shape.simulations, steps);
    const most = body.maxBytes(shape.simulations, steps);
    if (byteLength < least || byteLength > most) {
      throw new CodecError(
        "damaged",
        `panel has an impossible length panel=${panels.first + index} least=${least} most=${most} ` +
          `found=${byteLength}`,
      );
    }
    const hash = header.subarray(at + 4, at + DIRECTORY_ENTRY_BYTES);
    entries.push({ offset, byteLength, hash });
    at += DIRECTORY_ENTRY_BYTES;
    offset += byteLength;
  }
  if (header.subarray(at, header.length - HASH_BYTES).some((byte) => byte !== 0)) {
    throw new CodecError("not-canonical", "bytes after the directory are not 0");
  }
  return entries;
}

function requireBytes(bytes: Uint8Array, neededBytes: number): void {
  if (bytes.length >= neededBytes) return;
  throw new CodecError(
    "truncated",
    `tile frame ends inside its header needed=${neededBytes} found=${bytes.length}`,
    { details: { neededBytes } },
  );
}

function checkLimit(what: string, found: number, limit: number): void {
  if (found <= limit) return;
  throw new CodecError("too-large", `${what} is over the limit limit=${limit} found=${found}`, {
    details: { limit, found },
  });
}
