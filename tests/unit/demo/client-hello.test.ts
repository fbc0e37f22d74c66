import { describe, expect, it } from 'vitest';
import { HELLO_BYTES_MAX, readClientHello } from '../../../src/demo/client-hello.ts';

/** A minimal ClientHello; `extensions` as they stand on the wire. */
function clientHello(extensions: readonly Buffer[]): Buffer {
  const list = Buffer.concat(extensions);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0]),
    Buffer.from([0, 2, 0x13, 0x01]),
    Buffer.from([1, 0]),
    uint16(list.length),
    list,
  ]);
  return Buffer.concat([Buffer.from([1, 0]), uint16(body.length), body]);
}

function record(fragment: Buffer): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1]), uint16(fragment.length), fragment]);
}

function serverName(name: string): Buffer {
  const entry = Buffer.concat([Buffer.from([0]), uint16(name.length), Buffer.from(name)]);
  return Buffer.concat([uint16(0), uint16(entry.length + 2), uint16(entry.length), entry]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const padding = Buffer.concat([uint16(21), uint16(3), Buffer.alloc(3)]);
const whole = record(clientHello([padding, serverName('WWW.YouTube.com')]));

describe('readClientHello(bytes)', () => {
  it('finds the server name, in lower case', () => {
    expect(readClientHello(whole)).toEqual({ kind: 'hello', serverName: 'www.youtube.com' });
  });

  it('says so when there is none', () => {
    expect(readClientHello(record(clientHello([padding])))).toEqual({ kind: 'hello', serverName: null });
  });

  it('waits at every cut until the last byte has come', () => {
    for (let bytes = 0; bytes < whole.length; bytes += 1) {
      expect(readClientHello(whole.subarray(0, bytes)).kind).toBe('incomplete');
    }
  });

  it('puts a hello together that was split over records', () => {
    const message = clientHello([serverName('vk.com')]);
    const split = Buffer.concat([record(message.subarray(0, 20)), record(message.subarray(20))]);
    expect(readClientHello(split)).toEqual({ kind: 'hello', serverName: 'vk.com' });
  });

  it.each([
    { what: 'plain HTTP', bytes: Buffer.from('GET / HTTP/1.1\r\n') },
    { what: 'another handshake message', bytes: record(Buffer.from([2, 0, 0, 0])) },
    { what: 'a length that points outside', bytes: record(Buffer.from([1, 0, 0, 2, 3, 3])) },
    {
      what: 'more than is waited for',
      bytes: record(Buffer.concat([Buffer.from([1, 255, 255, 255]), Buffer.alloc(HELLO_BYTES_MAX)])),
    },
  ])('does not take $what for a hello', ({ bytes }) => {
    expect(readClientHello(bytes)).toEqual({ kind: 'not_tls' });
  });
});
