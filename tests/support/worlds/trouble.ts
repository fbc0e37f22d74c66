/** What a service of another's does when it is not well: each way is one that a client must live with. */
import type { ServerResponse } from 'node:http';

export const TROUBLES = ['none', 'refuses', 'breaks', 'truncates', 'stalls', 'drifts'] as const;
/**
 * `refuses`: 429. `breaks`: 502 with a page. `truncates`: a body that ends in the middle. `stalls`: a body that never ends.
 * `drifts`: JSON of another shape.
 */
export type Trouble = (typeof TROUBLES)[number];

/** Answers as the trouble has it; false where there is none. */
export function answerInTrouble(
  trouble: Trouble,
  outgoing: ServerResponse,
  refusal: Readonly<Record<string, string>>,
): boolean {
  switch (trouble) {
    case 'none':
      return false;
    case 'refuses':
      outgoing.writeHead(429, { 'content-type': 'application/json', ...refusal });
      outgoing.end('{"error":{"type":"too_many_requests","message":"Too many requests."}}');
      return true;
    case 'breaks':
      outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
      return true;
    case 'truncates':
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      outgoing.write('{"id":"abc","status":');
      setImmediate(() => outgoing.destroy());
      return true;
    case 'stalls':
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
      outgoing.write('{"id":');
      return true;
    case 'drifts':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end('{"measurement":{"uuid":7},"results":{"first":[]}}');
      return true;
  }
}
