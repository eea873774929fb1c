import type { DocumentValue } from "@foretile/codecs/msgpack";
import { ColumnReader } from "../document/columns.ts";
import type { DocumentReader } from "../document/document-reader.ts";
import { VersionStoreError } from "../version-store-error.ts";
import { decodeCells, encodeCells } from "./cell-columns.ts";
import type { CellLocation, PackLocation, SegmentLocation } from "./segment-location.ts";

/** How a segment is placed, as it is stored. */
const kinds = { blob: 0, pack: 1, cell: 2 } as const;

type Locations = readonly (SegmentLocation | undefined)[];

/** Where segments are, column by column; `undefined` for those that are blobs of their own. */
export function encodeLocations(locations: Locations): DocumentValue {
  const cells = locations.filter((location) => location?.kind === "cell");
  return {
    kinds: locations.map((location) => kinds[location?.kind ?? "blob"]),
    pack_offsets: locations.filter((l) => l?.kind === "pack").map(({ offset }) => offset),
    cells: cells.length === 0 ? null : encodeCells(cells),
  };
}

/** @throws {VersionStoreError} `data-integrity` when the columns do not fit together */
export function decodeLocations(reader: DocumentReader, what: string, length: number): Locations {
  const found = new ColumnReader(reader, what, length).integers("kinds");
  const packed = found.filter((kind) => kind === kinds.pack).length;
  const offsets = new ColumnReader(reader, what, packed).integers("pack_offsets");
  const cells: readonly CellLocation[] =
    reader.optional("cells", () => decodeCells(reader.record("cells"), what)) ?? [];
  const nextOffset = offsets.values();
  const nextCell = cells.values();
  const locations = found.map((kind) => {
    if (kind === kinds.blob) return undefined;
    if (kind === kinds.pack) return packAt(nextOffset.next().value);
    const cell = kind === kinds.cell ? nextCell.next().value : undefined;
    if (cell === undefined) throw wrong(what);
    return cell;
  });
  if (nextCell.next().done !== true) throw wrong(what);
  return locations;
}

/** The column of offsets was checked to have one for each packed segment. */
function packAt(offset: number | undefined): PackLocation {
  return { kind: "pack", offset: offset ?? 0 };
}

function wrong(what: string): VersionStoreError {
  return new VersionStoreError("data-integrity", `${what} has a wrong place of a segment`);
}
