/** Whether those who lend us probes answer, and have one in the country. Asks for their lists, which cost nothing. */
import { LISTED_BYTES_MAX } from '../../borrowed/globalping/client.ts';
import { Listed } from '../../borrowed/globalping/schema.ts';
import { ProbePage } from '../../borrowed/atlas/schema.ts';
import type { Config } from '../../config/config.ts';
import { politeHttp } from '../polite-http-of.ts';
import type { Check } from './check.ts';
import { ok, warn } from './check.ts';

const TIMEOUT_MS = 15_000;
const REMEDY = 'Aiqyn measures on without it. Check the address and this machine’s way to it.';

export async function checkBorrowed({ borrowed }: Config): Promise<Check[]> {
  if (borrowed === null) return [];
  const { globalping, atlas } = borrowed;
  const http = politeHttp();
  const asking = { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal };
  const checks: Check[] = [];
  if (globalping !== null) {
    const answer = await http.getJson(`${globalping.url}/v1/probes`, {
      ...asking,
      bodyBytesMax: LISTED_BYTES_MAX,
    });
    const listed = Listed.safeParse(answer.body).data?.filter(({ location }) => location.country === 'KZ');
    checks.push(probesCheck('Globalping', listed?.length ?? null, answer));
  }
  if (atlas !== null) {
    const answer = await http.getJson(`${atlas.url}/api/v2/probes/?country_code=KZ&status=1`, asking);
    checks.push(
      probesCheck('RIPE Atlas', ProbePage.safeParse(answer.body).data?.results.length ?? null, answer),
    );
  }
  return checks;
}

function probesCheck(
  name: string,
  probes: number | null,
  { status, failure }: { readonly status: number; readonly failure: string | null },
): Check {
  const label = `Borrowed probes of ${name}`;
  if (failure !== null) return warn(label, `does not answer: ${failure}`, REMEDY);
  if (probes === null) return warn(label, `answers with ${status}, and not with a list of probes`, REMEDY);
  if (probes === 0)
    return warn(label, 'has no probe in Kazakhstan now', 'Nothing is asked until there is one.');
  return ok(label, `${probes} probe(s) in Kazakhstan`);
}
