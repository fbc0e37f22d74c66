/** What errors of the way to an InfluxDB mean; tests/contract/influx-refusals.test.ts has those of its answers. */
import { HttpError, RequestTimedOutError } from '@influxdata/influxdb-client';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/config/secret.ts';
import type { InfluxLogin } from '../../../src/config/store-config.ts';
import { EnvironmentError } from '../../../src/errors.ts';
import { BusyError, translate } from '../../../src/store/influx/failures.ts';
import { authorization } from '../../../src/store/influx/login.ts';
import { anAddress } from '../../support/address.ts';

const ADDRESS = anAddress({ url: 'https://influx.example.org:8086', database: 'series' });

function coded(code: string): Error {
  return Object.assign(new Error(`something about ${code}`), { code });
}

function translated(error: unknown, address = ADDRESS): EnvironmentError {
  const failure = translate(error, address);
  if (!(failure instanceof EnvironmentError)) throw new Error(`not translated: ${String(failure)}`);
  return failure;
}

describe('translate', () => {
  it.each([
    ['ENOTFOUND', 'STORE_UNREACHABLE', 'does not resolve (ENOTFOUND)'],
    ['EAI_AGAIN', 'STORE_UNREACHABLE', 'does not resolve (EAI_AGAIN)'],
    ['ECONNREFUSED', 'STORE_UNREACHABLE', 'does not answer (ECONNREFUSED)'],
    ['ECONNRESET', 'STORE_UNREACHABLE', 'does not answer (ECONNRESET)'],
    ['EHOSTUNREACH', 'STORE_UNREACHABLE', 'does not answer (EHOSTUNREACH)'],
    ['UND_ERR_SOCKET', 'STORE_UNREACHABLE', 'does not answer (UND_ERR_SOCKET)'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'STORE_TLS', 'NODE_EXTRA_CA_CERTS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'STORE_TLS', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'STORE_TLS', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'STORE_TLS', 'CERT_HAS_EXPIRED'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'STORE_TLS', 'correct the host in store.url'],
    ['EPROTO', 'STORE_TLS', 'is it http:// in store.url?'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'STORE_TLS', 'is it http:// in store.url?'],
  ])('%s is %s: …%s…', (code, stable, words) => {
    const failure = translated(coded(code));
    expect(failure.code).toBe(stable);
    expect(failure.message).toContain(words);
    expect(failure.message).toContain('https://influx.example.org:8086');
    expect(failure.message).toContain('"series"');
    expect(failure.cause).toBeInstanceOf(Error);
  });

  it('finds the code in a cause and in the first of several attempts', () => {
    expect(translated(new Error('fetch failed', { cause: coded('ENOTFOUND') })).message).toContain(
      'ENOTFOUND',
    );
    expect(translated(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')])).message).toContain(
      'ECONNREFUSED',
    );
  });

  it('takes no answer in time for a server that cannot be reached', () => {
    expect(translated(new RequestTimedOutError()).message).toContain('no answer in time');
  });

  it('leaves a mistake of a programmer as it is', () => {
    const mistake = new TypeError('undefined is not a function');
    expect(translate(mistake, ADDRESS)).toBe(mistake);
  });

  it.each([
    ['2', 2_000],
    ['0', null],
    [undefined, null],
  ])('reads Retry-After: %s as %s ms', (after, expected) => {
    const headers: Record<string, string> = after === undefined ? {} : { 'retry-after': after };
    const error = new HttpError(503, 'busy', 'busy', after, 'text/plain', undefined, headers);
    const failure = translated(error);
    expect(failure instanceof BusyError ? failure.retryAfterMs : 'no BusyError').toBe(expected);
  });

  const LOGINS: readonly [InfluxLogin, string][] = [
    [{ kind: 'none' }, 'it wants one: set store.tokenFile'],
    [{ kind: 'token', token: new Secret('s3cr3t') }, 'check the token in store.token'],
    [
      { kind: 'password', username: 'aiqyn', password: new Secret('s3cr3t') },
      '2.x and 3.x want a token instead',
    ],
  ];
  it.each(LOGINS)('says of a refused login ($kind) what to do, and shows no secret', (login, words) => {
    const sent = authorization(login)['authorization'] ?? 'nothing';
    const error = new HttpError(401, 'Unauthorized', `who is "s3cr3t" with ${sent}?`);
    const failure = translated(error, { ...ADDRESS, login });
    expect(failure.message).toContain(words);
    if (login.kind === 'none') return;
    expect(failure.message).not.toContain('s3cr3t');
    expect(failure.message).not.toContain(sent.split(' ')[1]);
    expect(failure.cause).toBeUndefined();
  });
});
