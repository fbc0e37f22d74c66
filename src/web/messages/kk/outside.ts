/** Kazakh: those who watch from outside, what they say of an incident, and how asking them goes. */
import type { enOutside } from '../en/outside.ts';
import { kkWords } from './grammar.ts';

const { list, number } = kkWords;

/** As many digits as say something. */
function amount(value: number): string {
  return number(value, Math.abs(value) < 10 ? 2 : 0);
}

export const kkOutside: typeof enOutside = {
  country: 'бүкіл ел',
  source: {
    ioda: 'IODA',
    radar: 'Cloudflare Radar',
    ooni: 'OONI',
    ripestat: 'RIPEstat',
    atlas: 'RIPE Atlas',
    ihr: 'Internet Health Report',
  },
  signal: {
    'ioda bgp': 'бағыттар',
    'ioda ping-slash24': 'ping-ке жауап беретін желілер',
    'ioda merit-nt': 'желілік телескоп еститін мекенжайлар',
    'ioda gtr.web_search': 'Google іздеуі',
    'ioda gtr.youtube': 'YouTube трафигі',
    'radar http': 'веб-трафик',
    'radar http.mobile': 'телефондардың веб-трафигі',
    'radar netflows': 'бүкіл трафик',
    'radar tcp.post_ack': 'қол алысудан кейін үзілген қосылулар',
    'radar tcp.post_psh': 'алғашқы деректерден кейін үзілген қосылулар',
    'radar outage': 'оның тізіміндегі іркіліс',
    'radar anomaly': 'оның тізіміндегі әдеттен тыс трафик',
    'ripestat prefixes.v4': 'бағыттар (IPv4)',
    'ripestat asns': 'бағыт кестелеріндегі желілер',
    'ripestat prefixes': 'жарияланған префикстер',
    'atlas probes': 'байланыстағы зондтар',
    'atlas reached': 'мақсатына жететін зондтар',
    'atlas burst': 'бірден жоғалған зондтар',
    'ihr disco': 'бірден жоғалған зондтар (Disco)',
    'ooni anomalies': 'еріктілердің әдеттен тыс өлшемдері',
    'ooni changepoint': 'оның детекторы тапқан өзгеріс',
  },
  witness: (source, signal, entity) => `${source}, ${signal}, ${entity}`,
  stance: {
    agrees: 'растайды',
    disagrees: 'растамайды',
    cannot_see: 'мұны көре алмайды',
    no_data: 'дерек жоқ',
  },
  changed: (usual, extreme, from, to) =>
    `әдетте ${amount(usual)}, сол кезде ${amount(extreme)} (${to === null ? `${from} бастап` : `${from} – ${to}`})`,
  reported: (from, to) =>
    to === null ? `хабарлаған уақыты: ${from} бастап` : `хабарлаған уақыты: ${from} – ${to}`,
  reason: {
    as_usual: 'өзгермеді, ал өзгеруі тиіс еді',
    kind: 'мұндай инциденттерді көрмейді',
    platform: 'басқа платформа туралы',
    too_short: 'оның қадамы инциденттен ұзақ',
    country_only: 'бүкіл елді санайды, онда өзгеріс жоқ; инцидент кейбір желілерге ғана қатысты',
    one_sided: 'өзгермеді, мұндай инцидентте бұл да болады',
    already: 'бірнеше сағат бұрын өзгеріп қойған',
    too_few: 'тым аз мәнге сүйенеді',
    pending: 'әлі ештеңе айтқан жоқ; деректері кейін келеді',
    missing: 'бұл уақытқа мәні жоқ',
    usual_unknown: 'оған не әдеттегі екені әлі белгісіз',
  },
  title: 'Басқалар не көреді',
  lead: 'Қазақстан желілерін басқалар да басқа тәсілдермен бақылайды. Бұл инцидентті көре алатындардың бәрі мұнда онымен салыстырылған.',
  nobody: 'Бұл уақыт туралы басқа ешкімнен сұралған жоқ.',
  confidence: (alone, together) =>
    `Өз өлшемдеріміз бойынша сенімділік: ${alone}. Осы куәгерлермен бірге: ${together}.`,
  voices: (agree, disagree) => {
    if (agree.length === 0) return `Бұл ${list(disagree)} деректерінен көрінбейді, бірақ көрінуі керек еді.`;
    const seen = `Бұл ${list(agree)} деректерінен де көрінеді`;
    return disagree.length === 0 ? `${seen}.` : `${seen}, ал ${list(disagree)} деректерінен көрінбейді.`;
  },
  rest: (count) => `${number(count)} куәгер мұны көре алмайды немесе дерегі жоқ`,
  witnessColumn: 'Куәгер',
  stanceColumn: 'Не дейді',
  whyColumn: 'Неліктен',
  sources: {
    title: 'Тағы кімнен сұралады',
    intro:
      'Сырттан бақылайтын басқалар және олардың жауап беретін-бермейтіні. Біреуі жауап бермесе, қалғанына кедергі болмайды.',
    none: 'Бұл монитор басқа ешкімнен сұрамайды. Кімнен сұрау керегі баптаулардың «sources» бөлімінде көрсетіледі.',
    name: 'Дереккөз',
    state: 'Күйі',
    lastGood: 'Соңғы толық жауап',
    newest: 'Ең жаңа мән',
    quota: 'Тағы қанша сұрауға болады',
    problem: 'Не дұрыс емес',
    status: {
      no_token: 'токен жоқ; өшірулі',
      waiting: 'әлі сұралған жоқ',
      ok: 'жауап береді',
      partly: 'ішінара жауап береді',
      failing: 'жауап бермейді',
    },
    quotaOf: (left, limit) => (limit === null ? number(left) : `${number(limit)} ішінен ${number(left)}`),
    skipped: (rows) => `${number(rows)} жолдың пішіні басқаша болғандықтан, ол өткізіп жіберілді`,
    rests: (until) => `${until} дейін мазаламауды сұрайды`,
  },
};
