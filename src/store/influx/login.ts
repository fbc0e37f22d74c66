/** What a request to an InfluxDB carries so that it is let in. */
import type { InfluxLogin } from '../../config/store-config.ts';

/** 1.6 knows Basic and no token; 2.x and 3.x know both `Token` and, with a password, Basic. */
export function authorization(login: InfluxLogin): Readonly<Record<string, string>> {
  switch (login.kind) {
    case 'none':
      return {};
    case 'token':
      return { authorization: `Token ${login.token.reveal()}` };
    case 'password': {
      const pair = Buffer.from(`${login.username}:${login.password.reveal()}`).toString('base64');
      return { authorization: `Basic ${pair}` };
    }
  }
}
