/** Pages of administration. */
import { stateOf } from '../../admin/desk.ts';
import type { AdminDesk } from '../../admin/desk.ts';
import type { AuditEntry } from '../../admin/audit.ts';
import type { Admin } from '../../admin/auth.ts';
import type { PublisherState } from '../../admin/publisher.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import type { CalendarEntry } from '../../events/calendar.ts';
import type { CalendarFact } from '../../events/fact.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { enAdmin as say } from '../messages/en/admin.ts';
import type { Page } from '../pages/page.ts';
import { eventFields, formOf } from './event-form.ts';
import type { Form } from './event-form.ts';
import { area, checkbox, field, form, instantText } from './fields.ts';

const SHOWN_LENGTH_MAX = 400;
/** The links to the other languages lead to their front pages: these pages are in English alone. */
const IN_NO_OTHER_LANGUAGE = '';

/** One page with its links and whoever is logged in. */
export function adminPage(
  admin: Admin,
  path: string,
  title: string,
  body: Html,
  told: string | null = null,
): Page {
  const links = Object.entries(say.nav).map(
    ([href, label]) =>
      html`<li><a href="${href}" ${href === path ? html`aria-current="page"` : ''}>${label}</a></li>`,
  );
  const out = admin.how === 'session' ? form('/admin/logout', admin.formToken, html``, say.logout) : null;
  return {
    path: IN_NO_OTHER_LANGUAGE,
    title,
    body: html`<nav class="kicker" aria-label="${say.navLabel}">
        <ul>
          ${links}
        </ul>
      </nav>
      <h1>${title}</h1>
      ${told === null ? null : html`<p class="told" role="status">${told}</p>`} ${body}
      <section>
        <p class="quiet">${say.loggedInAs(admin.who)}</p>
        ${out}
      </section>`,
  };
}

export function loginPage(hasToken: boolean, told: string | null): Page {
  const body = html`<h1>${say.loginTitle}</h1>
    <p class="lead">${say.loginIntro}</p>
    ${told === null ? null : html`<p class="told" role="alert">${told}</p>`}
    ${
      hasToken
        ? form('/admin/login', null, field(say.token, 'token', '', 'password'), say.login)
        : html`<p>${say.noToken}</p>`
    }`;
  return { path: IN_NO_OTHER_LANGUAGE, title: say.loginTitle, body };
}

/** For a form that was not taken; the browser still has what was typed. */
export function refusedPage(told: string): Page {
  const body = html`<h1>${say.refusedTitle}</h1>
    <p class="told" role="alert">${told}</p>
    <p>${say.typedText}</p>
    <p><a href="/admin">${say.refusedBack}</a></p>`;
  return { path: IN_NO_OTHER_LANGUAGE, title: say.refusedTitle, body };
}

export function overviewPage(admin: Admin): Page {
  return adminPage(admin, '/admin', say.title, html`<p class="lead">${say.intro}</p>`);
}

export function eventsPage(admin: Admin, entries: readonly CalendarEntry[]): Page {
  const body = html`<p class="lead">${say.eventsIntro}</p>
    <p><a href="/admin/events/new">${say.newEvent}</a></p>
    <ul>
      ${entries.toReversed().map(
        ({ fact: { id, start, kind, titles } }) =>
          html`<li>
            ${instantText(start)} · ${kind} ·
            <a href="/admin/events/${encodeURIComponent(id)}">${titles.en ?? titles.ru ?? titles.kk ?? id}</a>
          </li>`,
      )}
    </ul>`;
  return adminPage(admin, '/admin/events', say.events, body);
}

/** @param typed what was sent and refused, so that nothing has to be typed again. */
export function eventPage(
  admin: Admin,
  fact: CalendarFact | null,
  { typed, told = null }: { readonly typed?: Form; readonly told?: string | null } = {},
): Page {
  const values = typed ?? formOf(fact);
  if (fact === null) {
    const path = '/admin/events/new';
    return adminPage(
      admin,
      path,
      say.newEvent,
      form(path, admin.formToken, eventFields(values, true), say.save),
      told,
    );
  }
  const path = `/admin/events/${encodeURIComponent(fact.id)}`;
  const fields = html`<input type="hidden" name="state" value="${stateOf(fact)}" />
    ${eventFields(values, false)}`;
  const body = html`${form(path, admin.formToken, fields, say.save)}
  ${form(`${path}/remove`, admin.formToken, html`<p class="quiet">${say.removeNote}</p>`, say.remove)}`;
  return adminPage(admin, path, say.edit(fact.id), body, told);
}

export function incidentsPage(
  admin: Admin,
  incidents: readonly Incident[],
  sentence: (one: Incident) => string,
): Page {
  const body = html`<p class="lead">${say.incidentsIntro}</p>
    ${incidents.length === 0 ? html`<p>${say.noIncidents}</p>` : null}
    <ul>
      ${incidents.map(
        (incident) =>
          html`<li>
            <a href="/admin/incidents/${encodeURIComponent(incident.id)}">${sentence(incident)}</a>
          </li>`,
      )}
    </ul>`;
  return adminPage(admin, '/admin/incidents', say.incidents, body);
}

function progressText(state: PublisherState, incident: string): string | null {
  if (state.incident === incident) return say.publishing(state.done);
  if (state.incident !== null) return say.busyWith(state.incident);
  return state.failure?.incident === incident ? say.failed(incident, state.failure.why) : null;
}

/** While it is made there is nothing to ask for; looking again must not send a form a second time. */
function evidencePart(admin: Admin, path: string, { publisher }: AdminDesk, incident: string): Html {
  const published = publisher.of(incident);
  const progress = progressText(publisher.state, incident);
  if (publisher.state.incident === incident)
    return html`<h2 id="evidence">${say.evidence}</h2>
      <p role="status">${progress}</p>
      <p><a href="${path}">${say.lookAgain}</a></p>`;
  const consent = html`<p><strong>${say.evidenceWarning}</strong></p>
    ${checkbox(say.evidenceConsent, 'consent', false)}`;
  return html`<h2 id="evidence">${say.evidence}</h2>
    ${progress === null ? null : html`<p role="status">${progress}</p>`}
    ${
      published === null
        ? null
        : html`<p>${say.published(instantText(published.at), published.sha256)}</p>
            ${form(`${path}/unpublish`, admin.formToken, html``, say.unpublish)}`
    }
    ${form(`${path}/publish`, admin.formToken, consent, published === null ? say.publish : say.publishAgain)}`;
}

export function incidentPage(
  admin: Admin,
  desk: AdminDesk,
  {
    incident,
    title,
    told,
    typed,
  }: {
    readonly incident: string;
    readonly title: string;
    readonly told: string | null;
    /** A note that was sent and refused. */
    readonly typed: string | undefined;
  },
): Page {
  const path = `/admin/incidents/${encodeURIComponent(incident)}`;
  const note = area(say.noteHelp, 'text', typed ?? desk.noteOf(incident)?.text ?? '');
  const body = html`<p><a href="/incidents/${encodeURIComponent(incident)}">${say.publicPage}</a></p>
    <h2>${say.note}</h2>
    ${form(`${path}/note`, admin.formToken, note, say.save)} ${evidencePart(admin, path, desk, incident)}`;
  return adminPage(admin, path, title, body, told);
}

export function alertsPage(admin: Admin, routes: readonly string[], told: string | null): Page {
  const buttons = routes.map((route) =>
    form(`/admin/alerts/${encodeURIComponent(route)}/test`, admin.formToken, html``, say.test(route)),
  );
  const body = routes.length === 0 ? html`<p>${say.alertsNone}</p>` : html`${buttons}`;
  return adminPage(admin, '/admin/alerts', say.alerts, body, told);
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** On a phone each cell stands below the other, with its column's name. */
function logRow({ at, who, how, what, subject, before, after, failed }: AuditEntry): Html {
  const [, ...columns] = say.logColumns;
  const done = html`${what}${failed === null ? null : html`<br />${say.logFailed(failed)}`}`;
  const cells = [`${who} (${how})`, done, shown(subject), shown(before), shown(after)];
  return html`<tr>
    <th scope="row">${at.slice(0, 19).replace('T', ' ')}</th>
    ${cells.map((cell, index) => html`<td data-label="${columns[index] ?? ''}"><div>${cell}</div></td>`)}
  </tr>`;
}

export function logPage(admin: Admin, entries: readonly AuditEntry[]): Page {
  const body = html`<p class="lead">${say.logIntro}</p>
    <table class="members log">
      <thead>
        <tr>
          ${say.logColumns.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${entries.toReversed().map(logRow)}
      </tbody>
    </table>`;
  return adminPage(admin, '/admin/log', say.log, body);
}
