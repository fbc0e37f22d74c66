/** “Live now” of administration: a livestream is said to begin, and to end. */
import type { Admin } from '../../admin/auth.ts';
import type { CalendarFact } from '../../events/fact.ts';
import { html } from '../html.ts';
import { enAdmin } from '../messages/en/admin.ts';
import type { Page } from '../pages/page.ts';
import type { Form } from './event-form.ts';
import { area, field, form, instantText } from './fields.ts';
import { adminPage } from './pages.ts';
import { refusalOf } from './routes.ts';
import type { Answer, Visit } from './routes.ts';

const PATH = '/admin/live';
const say = enAdmin.live;

function linesOf(text: string | undefined): string[] {
  const lines = (text ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

function titleOf({ id, titles }: CalendarFact): string {
  return titles.en ?? titles.ru ?? titles.kk ?? id;
}

function livePage(
  admin: Admin,
  live: readonly CalendarFact[],
  { typed = {}, told = null }: { readonly typed?: Form; readonly told?: string | null } = {},
): Page {
  const fields = html`${field(say.name, 'title', typed['title'] ?? '')}
  ${area(say.platforms, 'platforms', typed['platforms'] ?? '')}
  ${area(say.actors, 'actors', typed['actors'] ?? '')} ${area(say.sources, 'sources', typed['sources'] ?? '')}`;
  const goesOn = live.map((fact) =>
    form(
      `${PATH}/${encodeURIComponent(fact.id)}/end`,
      admin.formToken,
      html`<p id="${fact.id}">
        ${say.since(titleOf(fact), instantText(fact.start), fact.platforms.join(', '))}
      </p>`,
      say.end(titleOf(fact)),
    ),
  );
  const body = html`<p class="lead">${say.intro}</p>
    <h2>${say.goesOn}</h2>
    ${live.length === 0 ? html`<p>${say.none}</p>` : goesOn}
    <h2>${say.another}</h2>
    ${form(PATH, admin.formToken, fields, say.begin)}`;
  return adminPage(admin, PATH, say.title, body, told);
}

/** Said of a form's field, not of a command's option. */
function refusalIn(error: unknown): string {
  return refusalOf(error).replace(/^--/, '');
}

export function registerLiveNow(
  route: (method: 'GET' | 'POST', path: string, act: (visit: Visit) => Promise<Answer> | Answer) => void,
): void {
  route('GET', PATH, async ({ admin, desk }) => livePage(admin, await desk.liveNow()));
  route('POST', PATH, async ({ admin, desk, form: typed }) => {
    try {
      const id = await desk.beginLive(admin, {
        title: (typed['title'] ?? '').trim(),
        platforms: linesOf(typed['platforms']),
        actors: linesOf(typed['actors']),
        places: [],
        sources: linesOf(typed['sources']),
      });
      // A program reads there what it may end.
      return { goTo: `${PATH}#${encodeURIComponent(id)}` };
    } catch (error) {
      return livePage(admin, await desk.liveNow(), { typed, told: refusalIn(error) });
    }
  });
  route('POST', `${PATH}/:id/end`, async ({ admin, desk, params }) => {
    try {
      await desk.endLive(admin, params['id'] ?? '');
      return { goTo: PATH };
    } catch (error) {
      return livePage(admin, await desk.liveNow(), { told: refusalIn(error) });
    }
  });
}
