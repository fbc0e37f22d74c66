/** Russian: those who watch from outside, what they say of an incident, and how asking them goes. */
import type { enOutside } from '../en/outside.ts';
import { ruWords } from './grammar.ts';

const { list, number, plural } = ruWords;

/** As many digits as say something. */
function amount(value: number): string {
  return number(value, Math.abs(value) < 10 ? 2 : 0);
}

export const ruOutside: typeof enOutside = {
  country: 'вся страна',
  source: {
    ioda: 'IODA',
    radar: 'Cloudflare Radar',
    ooni: 'OONI',
    ripestat: 'RIPEstat',
    atlas: 'RIPE Atlas',
    ihr: 'Internet Health Report',
  },
  signal: {
    'ioda bgp': 'маршруты',
    'ioda ping-slash24': 'сети, отвечающие на ping',
    'ioda merit-nt': 'адреса, слышимые сетевым телескопом',
    'ioda gtr.web_search': 'поиск Google',
    'ioda gtr.youtube': 'трафик YouTube',
    'radar http': 'веб-трафик',
    'radar http.mobile': 'веб-трафик телефонов',
    'radar netflows': 'весь трафик',
    'radar tcp.post_ack': 'соединения, оборванные после рукопожатия',
    'radar tcp.post_psh': 'соединения, оборванные после первых данных',
    'radar outage': 'перебой из его списка',
    'radar anomaly': 'необычный трафик из его списка',
    'ripestat prefixes.v4': 'маршруты (IPv4)',
    'ripestat asns': 'сети в таблицах маршрутов',
    'ripestat prefixes': 'объявленные префиксы',
    'atlas probes': 'зонды на связи',
    'atlas reached': 'зонды, которые доходят до цели',
    'atlas burst': 'зонды, пропавшие разом',
    'ihr disco': 'зонды, пропавшие разом (Disco)',
    'ooni anomalies': 'необычные измерения добровольцев',
    'ooni changepoint': 'перемена, найденная его детектором',
  },
  witness: (source, signal, entity) => `${source}, ${signal}, ${entity}`,
  stance: {
    agrees: 'подтверждает',
    disagrees: 'не подтверждает',
    cannot_see: 'не может этого видеть',
    no_data: 'нет данных',
  },
  changed: (usual, extreme, from, to) =>
    `обычно ${amount(usual)}, стало ${amount(extreme)} (${to === null ? `с ${from}` : `${from} – ${to}`})`,
  reported: (from, to) => (to === null ? `сообщает об этом с ${from}` : `сообщает об этом: ${from} – ${to}`),
  reason: {
    as_usual: 'без изменений, хотя изменился бы',
    kind: 'не видит инцидентов этого рода',
    platform: 'о другой платформе',
    too_short: 'его шаг длиннее инцидента',
    country_only: 'считает всю страну, и там без изменений; инцидент затронул лишь часть сетей',
    one_sided: 'без изменений, что бывает и при таком инциденте',
    already: 'изменился за несколько часов до этого',
    too_few: 'опирается на слишком малое число значений',
    pending: 'пока ничего не сказал; его данные приходят позже',
    missing: 'нет значений за это время',
    usual_unknown: 'пока неизвестно, что для него обычно',
  },
  title: 'Что видят другие',
  lead: 'За сетями Казахстана другими способами следят и другие. Здесь с инцидентом сопоставлены все, кто мог его видеть.',
  nobody: 'Об этом времени никого больше не спрашивали.',
  confidence: (alone, together) =>
    `Уверенность по нашим собственным измерениям: ${alone}. С учётом этих свидетелей: ${together}.`,
  voices: (agree, disagree) => {
    if (agree.length === 0) return `По данным ${list(disagree)} этого не видно, хотя должно быть видно.`;
    const seen = `По данным ${list(agree)} это тоже видно`;
    return disagree.length === 0 ? `${seen}.` : `${seen}, по данным ${list(disagree)} — нет.`;
  },
  rest: (count) =>
    plural(count, {
      one: `${number(count)} свидетель не может этого видеть или не имеет данных`,
      few: `${number(count)} свидетеля не могут этого видеть или не имеют данных`,
      many: `${number(count)} свидетелей не могут этого видеть или не имеют данных`,
      other: `${number(count)} свидетеля не могут этого видеть или не имеют данных`,
    }),
  witnessColumn: 'Свидетель',
  stanceColumn: 'Говорит',
  whyColumn: 'Почему',
  sources: {
    title: 'Кого ещё спрашивают',
    intro:
      'Другие, кто следит снаружи, и отвечают ли они. Если кто-то из них не отвечает, остальному это не мешает.',
    none: 'Этот монитор больше никого не спрашивает. Кого спрашивать, задаёт раздел «sources» настроек.',
    name: 'Источник',
    state: 'Состояние',
    lastGood: 'Последний полный ответ',
    newest: 'Самое новое значение',
    quota: 'Сколько ещё можно спросить',
    problem: 'Что не так',
    status: {
      no_token: 'нет токена; выключен',
      waiting: 'ещё не спрашивали',
      ok: 'отвечает',
      partly: 'отвечает частично',
      failing: 'не отвечает',
    },
    quotaOf: (left, limit) => (limit === null ? number(left) : `${number(left)} из ${number(limit)}`),
    skipped: (rows) =>
      plural(rows, {
        one: `${number(rows)} строка имела другой вид и была пропущена`,
        few: `${number(rows)} строки имели другой вид и были пропущены`,
        many: `${number(rows)} строк имели другой вид и были пропущены`,
        other: `${number(rows)} строки имели другой вид и были пропущены`,
      }),
    rests: (until) => `просит не беспокоить до ${until}`,
  },
};
