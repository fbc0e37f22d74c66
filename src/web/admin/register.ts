/** The pages of administration and what their forms do. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Incident } from '../../analysis/detect/point.ts';
import { createPlaceBook } from '../../events/places.ts';
import type { WebContext } from '../context.ts';
import { enAdmin as say } from '../messages/en/admin.ts';
import { incidentSentence } from '../overview/sentences.ts';
import { factIn } from './event-form.ts';
import { registerLiveNow } from './live.ts';
import {
  alertsPage,
  eventPage,
  eventsPage,
  incidentPage,
  incidentsPage,
  logPage,
  overviewPage,
} from './pages.ts';
import { createGate, prepareForms, refusalOf, registerLogin, requireConsent, WITH_FORMS } from './routes.ts';
import type { AdminWeb, Answer, Visit } from './routes.ts';

const INCIDENTS_SHOWN_MAX = 200;

type Act = (visit: Visit) => Promise<Answer> | Answer;
type Route = (method: 'GET' | 'POST', path: string, act: Act) => void;

function registerEvents(route: Route, placeId: (name: string) => string): void {
  async function factOf({ desk, params }: Visit) {
    const { entries } = await desk.calendar();
    return entries.find(({ fact }) => fact.id === params['id'])?.fact ?? null;
  }
  route('GET', '/admin/events', async ({ admin, desk }) =>
    eventsPage(admin, (await desk.calendar()).entries),
  );
  route('GET', '/admin/events/new', ({ admin }) => eventPage(admin, null));
  route('POST', '/admin/events/new', async ({ admin, desk, form }) => {
    try {
      const id = await desk.addEvent(admin, factIn(form, null, placeId));
      return { goTo: `/admin/events/${encodeURIComponent(id)}` };
    } catch (error) {
      return eventPage(admin, null, { typed: form, told: refusalOf(error) });
    }
  });
  route('GET', '/admin/events/:id', async (visit) => {
    const fact = await factOf(visit);
    return fact === null ? { goTo: '/admin/events' } : eventPage(visit.admin, fact);
  });
  route('POST', '/admin/events/:id', async (visit) => {
    const { admin, desk, form } = visit;
    const before = await factOf(visit);
    if (before === null) return { goTo: '/admin/events' };
    try {
      await desk.editEvent(admin, before.id, form['state'] ?? '', factIn(form, before, placeId));
    } catch (error) {
      return eventPage(admin, before, { typed: form, told: refusalOf(error) });
    }
    return eventPage(admin, await factOf(visit), { told: say.saved });
  });
  route('POST', '/admin/events/:id/remove', async (visit) => {
    const before = await factOf(visit);
    if (before === null) return { goTo: '/admin/events' };
    try {
      await visit.desk.removeEvent(visit.admin, before.id);
      return { goTo: '/admin/events' };
    } catch (error) {
      return eventPage(visit.admin, before, { told: refusalOf(error) });
    }
  });
}

function registerIncidents(route: Route, context: WebContext): void {
  function sentenceOf(incident: Incident): string {
    return incidentSentence(context, incident, context.clock.nowMs());
  }
  async function pageOf(
    { admin, desk, params }: Visit,
    told: string | null = null,
    typed?: string,
  ): Promise<Answer> {
    const incident = await context.store.incident(params['id'] ?? '');
    if (incident === null) return { goTo: '/admin/incidents' };
    const title = sentenceOf(incident);
    return incidentPage(admin, desk, { incident: incident.id, title, told, typed });
  }
  /** Of an incident that there is. */
  function change(path: string, act: (visit: Visit, incident: string) => Promise<void>): void {
    route('POST', path, async (visit) => {
      const incident = await context.store.incident(visit.params['id'] ?? '');
      if (incident === null) return { goTo: '/admin/incidents' };
      try {
        await act(visit, incident.id);
        return await pageOf(visit, say.saved);
      } catch (error) {
        return pageOf(visit, refusalOf(error), visit.form['text']);
      }
    });
  }
  route('GET', '/admin/incidents', async ({ admin }) =>
    incidentsPage(admin, await context.store.incidents({ limit: INCIDENTS_SHOWN_MAX }), sentenceOf),
  );
  route('GET', '/admin/incidents/:id', async (visit) => pageOf(visit));
  change('/admin/incidents/:id/note', async ({ admin, desk, form }, incident) =>
    desk.note(admin, incident, (form['text'] ?? '').replaceAll('\r\n', '\n').trim()),
  );
  // Back to the page itself: whoever loads it again must not publish again.
  route('POST', '/admin/incidents/:id/publish', async (visit) => {
    const { admin, desk, form, params } = visit;
    const incident = await context.store.incident(params['id'] ?? '');
    if (incident === null) return { goTo: '/admin/incidents' };
    try {
      requireConsent(form);
      await desk.publish(admin, incident.id);
      return { goTo: `/admin/incidents/${encodeURIComponent(incident.id)}#evidence` };
    } catch (error) {
      return pageOf(visit, refusalOf(error));
    }
  });
  change('/admin/incidents/:id/unpublish', async ({ admin, desk }, incident) =>
    desk.unpublish(admin, incident),
  );
}

function registerAlerts(route: Route): void {
  route('GET', '/admin/alerts', ({ admin, desk }) => alertsPage(admin, desk.routes, null));
  route('POST', '/admin/alerts/:route/test', async ({ admin, desk, params }) => {
    const name = params['route'] ?? '';
    try {
      const failure = await desk.testAlert(admin, name);
      return alertsPage(
        admin,
        desk.routes,
        failure === null ? say.delivered(name) : say.notDelivered(name, failure),
      );
    } catch (error) {
      return alertsPage(admin, desk.routes, refusalOf(error));
    }
  });
}

/** In a part of its own, so that no public address reads forms. */
export async function registerAdmin(
  instance: FastifyInstance,
  context: WebContext,
  web: AdminWeb,
): Promise<void> {
  await instance.register(async (app) => {
    prepareForms(app);
    registerLogin(app, context, web);
    const visit = createGate(context, web);
    function route(method: 'GET' | 'POST', url: string, act: Act): void {
      app.route({
        method,
        url,
        ...WITH_FORMS,
        handler: async (request: FastifyRequest, reply: FastifyReply) => visit(request, reply, act),
      });
    }
    route('GET', '/admin', ({ admin }) => overviewPage(admin));
    route('GET', '/admin/log', ({ admin, desk }) => logPage(admin, desk.audit));
    registerEvents(route, createPlaceBook(context.catalog.places).idOf);
    registerLiveNow(route);
    registerIncidents(route, context);
    registerAlerts(route);
    return Promise.resolve();
  });
}
