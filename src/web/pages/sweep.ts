/** Mobile networks as seen from outside, and the page for those who were asked. */
import type { SweepPoint } from '../../analysis/detect/point.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import { localPath } from '../languages.ts';
import type { Html } from '../html.ts';
import { operatorLink, placeLink } from './links.ts';
import { dropSentence, openFalls, readSweep } from '../sweep-reads.ts';
import type { OpenFall } from '../sweep-reads.ts';
import type { Page } from './page.ts';
import { textSections, timeTag, zonedTime } from './parts.ts';

const DAY_MS = 86_400_000;
const FALLS_DAYS = 14;
export const ABOUT_PROBES_PATH = '/about-our-probes';

export async function sweepPage(context: WebContext): Promise<Page> {
  const say = context.messages.sweep;
  const nowMs = context.clock.nowMs();
  const { points, drops } = await readSweep(context, {
    fromMs: nowMs - FALLS_DAYS * DAY_MS,
    toMs: nowMs + 1,
  });
  const newest = newestOf(points.filter(({ atMs }) => atMs > nowMs - DAY_MS));
  const body = html`<h1>${say.title}</h1>
    <p class="lead">${say.intro}</p>
    <p><a href="${localPath(context.messages.language, ABOUT_PROBES_PATH)}">${say.about}</a></p>
    ${fallsNow(context, await openFalls(context))}
    ${newest.length === 0 ? html`<p>${say.none}</p>` : newestTable(context, newest, nowMs)}
    <section>
      <h2>${say.fallsTitle}</h2>
      ${
        drops.length === 0
          ? html`<p>${say.fallsNone}</p>`
          : html`<ul>
              ${drops.toReversed().map((drop) => html`<li>${dropSentence(context, drop)}</li>`)}
            </ul>`
      }
    </section>`;
  return { path: '/outside', title: say.title, body };
}

/** What goes on, before all else. */
function fallsNow(context: WebContext, falls: readonly OpenFall[]): Html {
  if (falls.length === 0) return html``;
  const { noticeTitle, unwatched } = context.messages.sweep;
  return html`<section class="notice" role="status">
    <h2>${noticeTitle}</h2>
    ${falls.map(
      ({ drop, isWatched }) => html`<p>${dropSentence(context, drop)} ${isWatched ? '' : unwatched}</p>`,
    )}
  </section>`;
}

function newestOf(points: readonly SweepPoint[]): SweepPoint[] {
  return [...new Map(points.map((point) => [`${point.operator} ${point.place}`, point])).values()];
}

function newestTable(context: WebContext, newest: readonly SweepPoint[], nowMs: number): Html {
  const { messages, names } = context;
  const say = messages.sweep;
  return html`<table class="members">
    <thead>
      <tr>
        ${[say.operator, say.place, say.up, say.asked, say.since].map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${newest.map(
        (point) =>
          html`<tr>
            <th scope="row">${operatorLink(context, point.operator)}</th>
            <td data-label="${say.place}"><div>${placeLink(context, point.place)}</div></td>
            <td data-label="${say.up}"><div>${say.share(point.upRatio)}</div></td>
            <td data-label="${say.asked}"><div>${messages.words.number(point.probed)}</div></td>
            <td data-label="${say.since}">
              <div>
                ${timeTag(point.atMs, zonedTime(context, point.atMs, nowMs, names.timeZone(point.place)))}
              </div>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** For whoever finds a probe in a log: who asks, why, how little, and how to be left alone. */
export function aboutProbesPage(context: WebContext): Page {
  const say = context.messages.sweep.probes;
  const { sweep } = context;
  const body = html`<h1>${say.title}</h1>
    ${textSections(say.sections)}
    <section>
      <h2>${say.optOutTitle}</h2>
      ${
        sweep === undefined
          ? html`<p>${say.idle}</p>`
          : html`<p>${say.optOut(sweep.contact)}</p>
              <p>${say.rate(sweep.perSecond, sweep.everyMinutes)}</p>`
      }
    </section>`;
  return { path: ABOUT_PROBES_PATH, title: say.title, body };
}
