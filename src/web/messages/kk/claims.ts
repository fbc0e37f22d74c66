/** Kazakh: what officials said, beside what was measured. */
import type { ClaimSubjects, enClaims } from '../en/claims.ts';
import { kkWords, quoted, upper } from './grammar.ts';
import { OTHER_BRANDS } from '../brands.ts';

const { list, number } = kkWords;

const NAMED_MAX = 6;

/** Words that are no platform of the catalogue. */
const WIDER: Readonly<Record<string, string>> = {
  internet: 'интернет',
  mobile: 'мобильді интернет',
  https: 'шифрланған қосылулар',
  web: 'жалпы сайттар',
  'social networks': 'әлеуметтік желілер',
  messengers: 'мессенджерлер',
  ...OTHER_BRANDS,
};

function networks(operators: readonly string[]): string {
  if (operators.length === 0) return '';
  return `; ${operators.length === 1 ? 'желі' : 'желілер'}: ${quoted(operators)}`;
}

/** A sentence that names thirty parts is not read; each has its own line below it. */
function some(parts: readonly string[]): string {
  const rest = parts.length - NAMED_MAX;
  return rest <= 1 ? list(parts) : list([...parts.slice(0, NAMED_MAX), `тағы ${number(rest)}`]);
}

/** What was seen of each part, in the words of a whole statement. */
function evidence(seen: readonly string[], clear: readonly string[]): string {
  const parts = [
    seen.length === 0 ? null : `инцидент тіркелген: ${some(seen)}`,
    clear.length === 0 ? null : `инцидент тіркелмеген: ${some(clear)}`,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

const LEADS = {
  supported: 'Өлшемдер онымен сәйкес келеді',
  contradicted: 'Өлшемдер оған қайшы келеді',
  mixed: 'Өлшемдер оған ішінара қайшы, ішінара сәйкес келеді',
};

function leftOut({ thin, unmeasured, foreign }: ClaimSubjects): string[] {
  return [
    thin.length === 0 ? null : `Бұл уақыттың жартысынан азы өлшенген: ${some(thin)}.`,
    unmeasured.length === 0 ? null : `Бұл уақытта өлшенбеген: ${some(unmeasured)}.`,
    foreign.length === 0 ? null : `Мұнда өлшенбейді: ${some(foreign)}.`,
  ].filter((sentence) => sentence !== null);
}

function claimText(subjects: ClaimSubjects): string {
  const { finding, seen, clear } = subjects;
  const left = leftOut(subjects);
  if (finding === 'not_measured') return ['Қорытынды жасалмайды.', ...left].join(' ');
  const scope = left.length === 0 ? [] : [...left, 'Бұл туралы қорытынды ештеңе айтпайды.'];
  return [`${LEADS[finding]}: ${evidence(seen, clear)}.`, ...scope].join(' ');
}

export const kkClaims: typeof enClaims = {
  title: 'Ресми тұлғалар не айтты және не өлшенді',
  intro:
    'Биліктің және операторлардың бұғаттауды растайтын немесе жоққа шығаратын мәлімдемелері; алдымен жаңалары. Мәлімдемеде аталған әр платформа, желі және орын ол туралы өлшенгенмен бөлек салыстырылады. Инцидент болса, сол шешеді; болмаса, сағаттардың кемінде жартысы өлшенген болуы керек, әйтпесе қорытынды жасалмайды.',
  rules:
    'Өлшенген бір бөлігі қайшы келсе, мәлімдеме теріске шығарылды делінеді. Ол туралы өлшенгеннің бәрі сәйкес келсе, расталды делінеді. «Әлеуметтік желілер» деп Facebook, Instagram, YouTube, ВКонтакте, Одноклассники, TikTok және X, «мессенджерлер» деп WhatsApp, Telegram және Signal түсініледі. Өлшенген бұғаттау оны кім бұйырғанын айтпайды.',
  none: 'Күнтізбеде мәлімдеме жоқ.',
  stance: { confirms: 'Растау', denies: 'Жоққа шығару' },
  finding: {
    supported: 'Расталды',
    contradicted: 'Теріске шығарылды',
    mixed: 'Ішінара теріске шығарылды',
    not_measured: 'Өлшенбеген',
  },
  subject: (platform, operator, place) => {
    const scope = [operator === null ? null : `«${operator}» желісі`, place].filter((part) => part !== null);
    return `${WIDER[platform] ?? platform}${scope.length === 0 ? '' : ` (${scope.join(', ')})`}`;
  },
  sentence: claimText,
  nothingNamed: 'Онда өлшеуге болатын ештеңе аталмаған.',
  part: (subject, { reason, measuredHours, hours, incidentIds }, operators) => {
    const of = `${number(hours)} сағаттың ${number(measuredHours)} сағаты өлшенген`;
    switch (reason) {
      case 'incident_seen':
        return `${upper(subject)}: ${number(incidentIds.length)} инцидент тіркелген.`;
      case 'no_incident_seen':
        return `${upper(subject)}: инцидент тіркелмеген; ${of}${networks(operators)}.`;
      case 'too_little_measured':
        return `${upper(subject)}: ${of}${networks(operators)}; қорытынды жасауға бұл аз.`;
      case 'never_measured':
        return `${upper(subject)}: бұл уақытта өлшенбеген.`;
      case 'not_comparable':
        return `${upper(subject)}: мұнда өлшенбейді.`;
    }
  },
  more: (count) => `және тағы ${number(count)}`,
  examined: (time) => `Салыстырылған уақыт: ${time}.`,
  whole: (time) => `${time}, толығымен`,
  wholeSpan: (from, to) => `${from} – ${to} аралығы толығымен`,
  monthOnly: (time) => `${time}, өйткені күні белгісіз`,
  openEnd: (time) => `${time}, одан кейін емес, өйткені аяқталуы белгісіз`,
  daysBefore: (time, days) =>
    `${time} және оған дейінгі ${number(days)} күн, өйткені мәлімдемеде уақыт аталмаған`,
  upTo: (time, days) => `${time}, оған дейінгі ${number(days)} күн, өйткені мәлімдемеде уақыт аталмаған`,
  saidBy: (stance) => `${stance}:`,
};
