/** Kazakh: the front page. */
import type { enFront, enHeadlines, enNotes, When } from '../en/front.ts';
import { inNetworks, inPlaces, kkWords, ofNetworks, quoted, upper } from './grammar.ts';

const { number, duration } = kkWords;

/** Times are rounded, so a word for “about” carries the ending that a number's reading would decide. */
function when({ start, end }: When): string {
  return end === null ? `${start} шамасынан бері` : `${start} шамасынан ${end} шамасына дейін`;
}

/** A verb by whether it goes on. */
function now({ end }: When, present: string, past: string): string {
  return end === null ? present : past;
}

function accessTo(names: readonly string[]): string {
  return `${quoted(names)} ${names.length === 1 ? 'платформасына' : 'платформаларына'}`;
}

function platforms(names: readonly string[]): string {
  return `${quoted(names)} ${names.length === 1 ? 'платформасы' : 'платформалары'}`;
}

export const kkHeadlines: typeof enHeadlines = {
  blocked: (names, networks, time) =>
    `${inNetworks(networks)}${accessTo(names)} қолжетімділік ${when(time)} ${now(time, 'бұғатталған', 'бұғатталып тұрды')}`,
  throttled: (names, networks, time) =>
    `${inNetworks(networks)}${accessTo(names)} қолжетімділік ${when(time)} ${now(time, 'баяулатылған', 'баяулатылып тұрды')}`,
  intercepted: (names, networks, time) =>
    `${inNetworks(networks)}${accessTo(names)} қосылу ${when(time)} жалған сертификаттармен ${now(time, 'ұсталып жатыр', 'ұсталып тұрды')}`,
  shutdown: (networks, places, time) =>
    upper(
      `${inNetworks(networks)}интернет ${inPlaces(places)}${when(time)} ${now(time, 'өшірілген', 'өшірулі болды')}`,
    ),
  vantageCut: (networks, time) =>
    upper(
      `${ofNetworks(networks)}бақылау нүктеміз ${when(time)} интернетке ${now(time, 'шыға алмай тұр', 'шыға алмады')}`,
    ),
  mobileShutdown: (networks, places, time) =>
    upper(
      `${inNetworks(networks)}мобильді интернет ${inPlaces(places)}${when(time)} ${now(time, 'өшірілген', 'өшірулі болды')}`,
    ),
  allowList: (networks, time) =>
    upper(
      `${inNetworks(networks)}${when(time)} тек рұқсат етілген сайттар ғана ${now(time, 'ашылады', 'ашылды')}`,
    ),
  targetDown: (names, time) =>
    `${platforms(names)} ${when(time)} еш жерде ${now(time, 'істемейді', 'істемеді')}; ${names.length === 1 ? 'оны' : 'оларды'} ешкім ${now(time, 'бұғаттап отырған жоқ', 'бұғаттаған жоқ')}`,
  vantageSilent: (networks, vantages, time) =>
    upper(
      `${ofNetworks(networks)}${vantages < 2 ? '' : `${number(vantages)} `}бақылау нүктеміз ${when(time)} жауап ${now(time, 'бермейді', 'бермеді')}`,
    ),
  more: (count) => `Тағы ${number(count)} инцидент бар.`,
  reachable: (count) => `Біз өлшейтіннің бәрі ${number(count)} бақылау нүктесінен қолжетімді`,
  reachableSome: (online, count) =>
    `Біз өлшейтіннің бәрі қазір желіде тұрған ${number(online)} бақылау нүктесінен қолжетімді (барлығы: ${number(count)})`,
  suspected: (names, networks) =>
    `${inNetworks(networks)}${platforms(names)} ашылмайды; бұл әлі расталған жоқ`,
  unclear: 'Қазір не қолжетімді екенін өлшемдер көрсетпейді',
  offline: (count) =>
    count === 1 ? 'Бұл бақылау нүктесі желіден тыс' : `Барлық бақылау нүктесі (${number(count)}) желіден тыс`,
  limited: {
    domestic_only: (networks) => upper(`${inNetworks(networks)}тек ел ішіндегі сайттар ғана ашылады`),
    allow_list: (networks) => upper(`${inNetworks(networks)}тек рұқсат етілген сайттар ғана ашылады`),
    dns_only: (networks) =>
      upper(`${inNetworks(networks)}тек DNS серверлері жауап береді; бірде-бір сайт ашылмайды`),
    offline: (networks) => upper(`${ofNetworks(networks)}бақылау нүктелеріміз желіден тыс`),
    online: (networks) => upper(`${ofNetworks(networks)}бақылау нүктелеріміз желіде`),
  },
  starting: 'Әзірге өлшем жоқ; алғашқы айналым шамамен бір минуттан кейін аяқталады',
  noData: (since) => `Бұл монитор іске қосылғалы (${since}) бірде-бір өлшем түскен жоқ`,
  stale: (newest) => `${newest} шамасынан бері жаңа өлшем жоқ`,
};

export const kkNotes: typeof enNotes = {
  offline: {
    nothing:
      'Елде де, шетелде де бірде-бір сайт және бірде-бір DNS сервері жауап бермейді. Осылай тұрғанда ештеңе бұғатталған деп есептелмейді; тексеру өздігінен жалғасады. Осы машинаның кабелін, модемін немесе SIM-картасын тексеріңіз.',
    names:
      'Сайттардың атаулары әлі анықталады, бірақ елде де, шетелде де бірде-бір сайт жауап бермейді. Осылай тұрғанда ештеңе бұғатталған деп есептелмейді; тексеру өздігінен жалғасады. Осы машинаның кабелін, модемін, проксиін немесе SIM-картасын тексеріңіз.',
  },
  offlineDemo: 'Aiqyn-нің жұмысын интернетсіз көру үшін мына пәрменді орындаңыз:',
  limited:
    'Бақылау нүктесінің өзі желіден ажырап тұрғанда ештеңе бұғатталған деп есептелмейді; интернеттің өшірілгені бірнеше бақылау нүктесі көргенде ғана айтылады.',
  starting: 'Бұл бет өздігінен жаңарады. Мекенжайын бетбелгіге сақтап қоюға болады.',
  noData:
    'Монитордың журналын қараңыз немесе «aiqyn doctor» пәрменін орындаңыз: ол осы машинада не жетіспейтінін айтады.',
  stale: 'Төменде қазіргі жағдай емес, сол кезде көрінген жағдай берілген.',
  suspected:
    'Мұны бір бақылау нүктесі немесе тексерудің бір айналымы көрді. Инцидент қайта тексеру және басқа бақылау нүктелері растағанда ашылады.',
  unclear: 'Белгісіз нәтиже ешқашан бұғаттау деп саналмайды.',
  down: 'Елден тыс жерде де істемейді.',
  controlNone:
    'Елден тыс бақылау өлшемі бапталмаған. Сондықтан шешімдер жұп қосылуларға, белгілі сертификаттарға және белгілі желілерге сүйенеді; жай ғана ашылмаған сайт «белгісіз» болып қалады.',
  controlUnreachable:
    'Елден тыс бақылау өлшемі жауап бермейді. Оның соңғы дұрыс жауаптары қолданылады; олар болмаса, жай ғана ашылмаған сайт «белгісіз» болып қалады.',
  demo: (title, speed) =>
    `Көрсетілім: «${title}», осы машинаның ішіндегі шағын интернетте, болған кездегіден ${number(speed, 1)} есе жылдам. Мұндағы уақыттың бәрі сценарийдің уақыты. Бүгінгі күнге қатысы жоқ.`,
  problems: 'Бұл мониторда ақау бар',
  times: (place, offset) =>
    `Уақыт «${place}» уақыт белдеуі бойынша (${offset}) берілген және бес минутқа дейін дөңгелектелген.`,
  updated: (time) => `Жағдай мына уақытқа сай: ${time}`,
  dropped: (count) => `Дискіде бөлінген орын таусылғандықтан ${number(count)} өлшем жоғалды.`,
};

export const kkFront: typeof enFront = {
  nowTitle: 'Қазір',
  nowCaption: 'Әр желідегі әр платформа, ең жаңа шешім',
  platform: 'Платформа',
  since: (time) => `${time} шамасынан бері`,
  sinceLong: '7 күннен астам',
  partly: (bad, all) => `мекенжайлар: ${number(all)} ішінен ${number(bad)}`,
  lowConfidence: 'әлі нақты емес',
  notMeasured: 'Жаңа өлшем жоқ',
  noRows: 'Соңғы жарты сағатта ештеңе өлшенбеді.',
  openTitle: 'Қазір болып жатыр',
  noOpen: 'Ашық инцидент жоқ.',
  recentTitle: 'Соңғы инциденттер',
  noRecent: 'Соңғы 30 күнде инцидент болған жоқ.',
  allIncidents: 'Барлық инциденттер',
  timelineTitle: (count) => `Соңғы ${number(count)} сағат`,
  timelineNote:
    'Әр платформаға бір жолақ, қадамы бес минут. Жіңішке: қолжетімді. Биік: ақау бар, неғұрлым биік болса, соғұрлым көп желіде. Бос жер: өлшенбеген.',
  vantagesTitle: 'Қай жерден өлшейміз',
  lasted: (text) => `ұзақтығы: ${text}`,
  noVantages: 'Әзірге бірде-бір бақылау нүктесі хабарласқан жоқ.',
  lasting: (durationMs) => duration(durationMs),
};
