/** Addresses of administration: there only where it is configured, never cached, and never for anybody else's forms. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AdminRefusal, isTheirs } from '../../admin/desk.ts';
import type { AdminDesk } from '../../admin/desk.ts';
import type { Admin, Auth } from '../../admin/auth.ts';
import { SESSION_HOURS } from '../../admin/auth.ts';
import { PublisherBusyError } from '../../admin/publisher.ts';
import type { WebContext } from '../context.ts';
import { enAdmin as say } from '../messages/en/admin.ts';
import { POLICY, SELF } from '../policy.ts';
import { renderPage } from '../pages/page.ts';
import type { Page } from '../pages/page.ts';
import type { Form } from './event-form.ts';
import { loginPage, refusedPage } from './pages.ts';

/** The one thing that these pages may do and public ones may not: send a form to ourselves. */
export const WITH_FORMS = {
  helmet: {
    contentSecurityPolicy: { useDefaults: false, directives: { ...POLICY, formAction: SELF } },
  },
  schema: { hide: true },
};
const COOKIE = 'aiqyn_admin';
const FORM_BYTES_MAX = 128 * 1_024;

export interface AdminWeb {
  readonly auth: Auth;
  readonly desk: AdminDesk;
}

/** What a route of administration is given. */
export interface Visit {
  readonly admin: Admin;
  readonly desk: AdminDesk;
  readonly form: Form;
  readonly params: Readonly<Record<string, string>>;
}
/** A page, or where to go on. */
export type Answer = Page | { readonly goTo: string };

function cookieOf(request: FastifyRequest): string | undefined {
  const cookies = (request.headers.cookie ?? '').split(';').map((one) => one.trim());
  return cookies.find((one) => one.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

function credentialsOf(request: FastifyRequest) {
  return {
    peer: request.raw.socket.remoteAddress,
    address: request.ip,
    header: (name: string) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    session: cookieOf(request),
  };
}

function setSession(request: FastifyRequest, reply: FastifyReply, value: string, seconds: number): void {
  const secure = request.protocol === 'https' ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${COOKIE}=${value}; Path=/admin; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`,
  );
}

function textsOf(value: unknown): Form {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])),
  );
}

function sendPage(context: WebContext, reply: FastifyReply, page: Page): FastifyReply {
  // Nothing of the visitor's own language or freshness: these pages are for whoever runs the machine.
  return reply.type('text/html; charset=utf-8').send(renderPage(context, page));
}

/** Asks for a login where nobody is logged in; a form must bring what its page gave it. */
export function createGate(context: WebContext, { auth, desk }: AdminWeb) {
  return async function visit(
    request: FastifyRequest,
    reply: FastifyReply,
    act: (visit: Visit) => Promise<Answer> | Answer,
  ): Promise<FastifyReply> {
    const admin = auth.who(credentialsOf(request));
    if (admin === null) {
      if (request.method === 'GET' && auth.hasToken) return reply.redirect('/admin/login', 303);
      const told = request.method === 'POST' ? say.loggedOut : null;
      return sendPage(context, reply.code(401), loginPage(auth.hasToken, told));
    }
    const form = textsOf(request.body);
    if (request.method === 'POST' && !(isOwnPage(request) && auth.isForm(admin, form['formToken'])))
      return sendPage(context, reply.code(403), refusedPage(say.forged));
    const answer = await act({ admin, desk, form, params: textsOf(request.params) });
    if ('goTo' in answer) return reply.redirect(answer.goTo, 303);
    return sendPage(context, reply, answer);
  };
}

/** What a browser says of where a request was made; old ones say nothing, and have the form's token alone. */
function isOwnPage({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** What somebody can mend, in words; anything else is thrown on. */
export function refusalOf(error: unknown): string {
  if (isTheirs(error) || error instanceof PublisherBusyError) return error.message;
  throw error;
}

export function requireConsent(form: Form): void {
  if (form['consent'] === undefined) throw new AdminRefusal(say.evidenceRefused);
}

/** Forms are read, and nothing is cached, in this part alone. */
export function prepareForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES_MAX },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body.toString())));
    },
  );
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return Promise.resolve();
  });
}

export function registerLogin(app: FastifyInstance, context: WebContext, { auth, desk }: AdminWeb): void {
  app.get('/admin/login', WITH_FORMS, (_request, reply) =>
    sendPage(context, reply, loginPage(auth.hasToken, null)),
  );
  app.post('/admin/login', WITH_FORMS, async (request, reply) => {
    if (!isOwnPage(request)) return sendPage(context, reply.code(403), loginPage(auth.hasToken, say.forged));
    const login = auth.login(textsOf(request.body)['token'] ?? '', request.ip);
    if (login.outcome === 'in') {
      await desk.loggedIn(auth.user, 'login');
      setSession(request, reply, login.session, SESSION_HOURS * 3_600);
      return reply.redirect('/admin', 303);
    }
    if (login.outcome === 'too_often')
      return sendPage(context, reply.code(429), loginPage(auth.hasToken, say.tooOften));
    await desk.loggedIn('', 'login_refused');
    return sendPage(context, reply.code(401), loginPage(auth.hasToken, say.wrong));
  });
  const visit = createGate(context, { auth, desk });
  app.post('/admin/logout', WITH_FORMS, async (request, reply) =>
    visit(request, reply, async ({ admin }) => {
      auth.logout(cookieOf(request));
      await desk.loggedIn(admin.who, 'logout');
      setSession(request, reply, '', 0);
      return { goTo: '/admin/login' };
    }),
  );
}
