/** The rules of the sections that reach outside, each with a bad file in tests/fixtures/config-outside/. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { ConfigError } from '../../../src/errors.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'fixtures', 'config-outside');

const BAD: readonly (readonly [file: string, message: string])[] = [
  [
    'borrowed-atlas-without-key.yaml',
    '1:20 borrowed.atlas.keyFile: is missing, expected a file with the key of your RIPE Atlas account, or `key`',
  ],
  [
    'borrowed-control.yaml',
    '1:38 borrowed.globalping.controls[0]: found "KZ", expected a country other than KZ',
  ],
  [
    'borrowed-none.yaml',
    '1:11 borrowed.globalping: is missing, expected at least one of `globalping` and `atlas`; {} takes its defaults',
  ],
  [
    'borrowed-platform.yaml',
    '1:39 borrowed.globalping.platforms[0]: found "youtub", expected one of youtube, facebook, instagram, whatsapp, telegram, signal, vk, ok, tiktok, x, press, rights, circumvention, control, other; did you mean "youtube"?',
  ],
  [
    'borrowed-token-twice.yaml',
    '1:48 borrowed.globalping.tokenFile: found a value that is kept secret, expected either `token` or `tokenFile`, not both',
  ],
  [
    'borrowed-too-many.yaml',
    '1:41 borrowed.globalping.testsPerHour: found 400, expected at most 250 without a token',
  ],
  [
    'borrowed-url.yaml',
    '1:32 borrowed.globalping.url: found "globalping.io", expected an address such as https://api.globalping.io',
  ],
  [
    'proxy-and-line.yaml',
    '1:35 vantages[0].localAddress: found "192.168.8.100", expected either `through` or `localAddress`, not both',
  ],
  [
    'proxy-kind.yaml',
    '1:30 vantages[0].through: found "socks4://127.0.0.1:1080", expected a proxy, such as socks5://127.0.0.1:1080 or http://127.0.0.1:3128',
  ],
  [
    'proxy-login-in-url.yaml',
    '1:12 vantages[0].throughUsername: is missing, expected the login here, with `throughPasswordFile`, and none in `through`',
  ],
  [
    'proxy-password-missing.yaml',
    '1:12 vantages[0].throughPasswordFile: is missing, expected a password for the username: `throughPasswordFile` or `throughPassword`',
  ],
  [
    'proxy-password-twice.yaml',
    '2:106 vantages[0].throughPasswordFile: found a value that is kept secret, expected either `throughPassword` or `throughPasswordFile`, not both',
  ],
  [
    'proxy-username-missing.yaml',
    '1:12 vantages[0].throughUsername: is missing, expected the username that the password is for',
  ],
  [
    'proxy-without-address.yaml',
    '1:12 vantages[0].through: is missing, expected the proxy that the login is for',
  ],
  [
    'watchers-channel.yaml',
    '1:61 watchers.youtube.channels[0].channel: found "@somebody", expected a channel’s id, UC and 22 more characters',
  ],
  ['watchers-every.yaml', '1:98 watchers.calendars[0].everySeconds: found 1, expected at least 5'],
  [
    'watchers-platform.yaml',
    '1:69 watchers.feeds[0].platforms: found an empty list, expected at least 1 entries',
  ],
  [
    'watchers-pointer.yaml',
    '1:90 watchers.json[0].map.id: found "id", expected a JSON pointer, such as /data/streams',
  ],
  [
    'watchers-twice.yaml',
    '4:18 watchers.json[0].id: found "a", expected an id that nothing else watched has',
  ],
  [
    'watchers-without-key.yaml',
    '1:22 watchers.youtube.keyFile: is missing, expected a file with the key of your Google project, or `key`, and not both',
  ],
];

function messageOf(file: string): string {
  try {
    loadConfig(join(folder, file), {});
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : '';
  }
  throw new Error('it was taken for right');
}

describe('a wrong section of aiqyn.yaml', () => {
  it.each(BAD)('%s is refused with its place and what was expected', (file, message) => {
    expect(messageOf(file)).toBe(`${file}:${message}`);
  });

  it('has a line in this table for each bad file', () => {
    expect(readdirSync(folder).sort()).toEqual(BAD.map(([file]) => file).sort());
  });
});
