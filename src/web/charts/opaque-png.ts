/**
 * PNG without transparency, eight bits a colour (RFC 2083): what a PDF takes in as it is, byte for byte. A picture with an alpha channel would be
 * unpacked and packed again there, and packed bytes differ between versions of zlib.
 */
import { deflateSync, crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const HEADER_BYTES = 13;
/** Length, type and checksum of a chunk. */
const AROUND_BYTES = 12;
const TRUE_COLOUR = 2;
const BITS = 8;
const RGBA = 4;
const RGB = 3;
/** 8 megapixels. */
const PIXELS_MAX = 8_000_000;

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}

function header(width: number, height: number): Buffer {
  const data = Buffer.alloc(HEADER_BYTES);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([BITS, TRUE_COLOUR, 0, 0, 0], 8);
  return data;
}

function file(width: number, height: number, packed: Buffer): Buffer {
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header(width, height)),
    chunk('IDAT', packed),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** @param pixels rows of RGBA, all of them opaque */
export function opaquePng(width: number, height: number, pixels: Uint8Array): Buffer {
  const rowBytes = 1 + width * RGB;
  // Each row begins with its filter: none.
  const rows = Buffer.alloc(rowBytes * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const to = Math.floor(pixel / width) * rowBytes + 1 + (pixel % width) * RGB;
    rows.set(pixels.subarray(pixel * RGBA, pixel * RGBA + RGB), to);
  }
  return file(width, height, deflateSync(rows, { level: 9 }));
}

/** Whether it is what `opaquePng` writes, as far as can be told without unpacking it. Of anything else a reader of PNG may choke. */
export function isOpaquePng(bytes: Buffer): boolean {
  const fixed = SIGNATURE.length + 3 * AROUND_BYTES + HEADER_BYTES;
  if (bytes.length < fixed) return false;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width < 1 || height < 1 || width * height > PIXELS_MAX) return false;
  // Between the header's chunk with the length and type that follow it, and the checksum with the last chunk.
  const packed = bytes.subarray(
    SIGNATURE.length + AROUND_BYTES + HEADER_BYTES + 8,
    bytes.length - 4 - AROUND_BYTES,
  );
  return file(width, height, packed).equals(bytes);
}
