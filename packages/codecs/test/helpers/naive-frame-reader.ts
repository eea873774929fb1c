import { xxhash128 } from "hash-wasm";

import { toHex } from "./hex.ts";
import { readLz4Block } from "./lz4-block.ts";

export interface NaiveFrame {
  readonly mode: number;
  readonly simulations: number;
  readonly steps: number;
  readonly firstPanel: number;
  readonly panelCount: number;
  /** Bits of the frame's values, step after step. */
  readonly bits: number[];
}

/**
 * Reads a frame the slow way, sentence by sentence from docs/formats/tile-frame-v1.md and sharing no code with the
 * codec. Where it and the codec disagree, the document or the codec is wrong.
 */
export async function readFrameNaively(frame: Uint8Array): Promise<NaiveFrame> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const uint32 = (at: number): number => view.getUint32(at, true);
  expectEqual("magic", String.fromCharCode(...frame.subarray(0, 4)), "FTTF");
  expectEqual("version", view.getUint16(4, true), 1);
  expectEqual("element type", view.getUint8(7), 1);
  const mode = view.getUint8(6);
  const [simulations, steps, panelSteps] = [uint32(8), uint32(12), uint32(16)];
  const [firstPanel, panelCount] = [uint32(20), uint32(24)];
  const headerBytes = 16 * Math.ceil((44 + 20 * panelCount) / 16);
  expectEqual(
    "frame hash",
    toHex(frame.subarray(headerBytes - 16, headerBytes)),
    await xxhash128(frame.subarray(0, headerBytes - 16)),
  );
  expectEqual(
    "padding",
    frame.subarray(28 + 20 * panelCount, headerBytes - 16).every((byte) => byte === 0),
    true,
  );
  const bits: number[] = [];
  let at = headerBytes;
  for (let index = 0; index < panelCount; index += 1) {
    const length = uint32(28 + 20 * index);
    const body = frame.subarray(at, at + length);
    const hash = frame.subarray(32 + 20 * index, 48 + 20 * index);
    expectEqual("panel hash", toHex(hash), await xxhash128(body));
    const left = steps - (firstPanel + index) * panelSteps;
    const read = [readRaw, readLz4, readPack][mode];
    if (read === undefined) throw new Error(`mode ${mode}`);
    bits.push(...read(body, simulations, Math.min(panelSteps, left)));
    at += length;
  }
  expectEqual("frame length", frame.length, at);
  return { mode, simulations, steps, firstPanel, panelCount, bits };
}

function readRaw(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  expectEqual("raw length", body.length, 4 * simulations * steps);
  return Array.from({ length: simulations * steps }, (_, index) => view.getUint32(4 * index, true));
}

function readLz4(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const count = simulations * steps;
  const planes = readLz4Block(body.subarray(4));
  expectEqual("lz4 prefix", view.getUint32(0, true), 4 * count);
  expectEqual("lz4 length", planes.length, 4 * count);
  const byte = (plane: number, index: number): number => planes[plane * count + index] ?? 0;
  return Array.from(
    { length: count },
    (_, i) => byte(0, i) + byte(1, i) * 2 ** 8 + byte(2, i) * 2 ** 16 + byte(3, i) * 2 ** 24,
  );
}

function readPack(body: Uint8Array, simulations: number, steps: number): number[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const basesAt = 4 * Math.ceil(steps / 4);
  const rows = Math.ceil(simulations / 4);
  let at = basesAt + 4 * steps;
  let before = Array.from({ length: simulations }, () => 0);
  const bits: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const width = view.getUint8(step);
    const base = view.getInt32(basesAt + 4 * step, true);
    const payloadAt = at;
    const bitOf = (lane: number, position: number): number => {
      const word = view.getUint32(payloadAt + 16 * Math.floor(position / 32) + 4 * lane, true);
      return Math.floor(word / 2 ** (position % 32)) % 2;
    };
    before = before.map((previous, simulation) => {
      let payload = 0;
      for (let bit = 0; bit < width; bit += 1) {
        payload += bitOf(simulation % 4, Math.floor(simulation / 4) * width + bit) * 2 ** bit;
      }
      const sum = (previous + base + payload) % 2 ** 32;
      return sum < 0 ? sum + 2 ** 32 : sum;
    });
    bits.push(...before);
    at += 16 * Math.ceil((rows * width) / 32);
  }
  expectEqual("pack length", body.length, at);
  return bits;
}

function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) {
    throw new Error(`${what}: found ${String(found)}, expected ${String(expected)}`);
  }
}
