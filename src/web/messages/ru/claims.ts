/** Russian: what officials said, beside what was measured. */
import type { ClaimSubjects, enClaims } from '../en/claims.ts';
import { quoted, ruWords } from './grammar.ts';
import { OTHER_BRANDS } from '../brands.ts';

const { list, number, plural } = ruWords;

const NAMED_MAX = 6;

/** Words that are no platform of the catalogue. */
const WIDER: Readonly<Record<string, string>> = {
  internet: 'интернет',
  mobile: 'мобильный интернет',
  https: 'шифрованные соединения',
  web: 'сайты вообще',
  'social networks': 'социальные сети',
  messengers: 'мессенджеры',
  ...OTHER_BRANDS,
};

function upper(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase('ru') + text.slice(1);
}

function networks(operators: readonly string[]): string {
  if (operators.length === 0) return '';
  return `; ${operators.length === 1 ? 'сеть' : 'сети'}: ${quoted(operators)}`;
}

/** A sentence that names thirty parts is not read; each has its own line below it. */
function some(parts: readonly string[]): string {
  const rest = parts.length - NAMED_MAX;
  return rest <= 1 ? list(parts) : list([...parts.slice(0, NAMED_MAX), `ещё ${number(rest)}`]);
}

/** What was seen of each part, in the words of a whole statement. */
function evidence(seen: readonly string[], clear: readonly string[]): string {
  const parts = [
    seen.length === 0 ? null : `инциденты записаны: ${some(seen)}`,
    clear.length === 0 ? null : `инцидентов не записано: ${some(clear)}`,
  ];
  return parts.filter((part) => part !== null).join('; ');
}

const LEADS = {
  supported: 'Измерения с этим согласуются',
  contradicted: 'Измерения этому противоречат',
  mixed: 'Измерения этому отчасти противоречат, отчасти с ним согласуются',
};

function leftOut({ thin, unmeasured, foreign }: ClaimSubjects): string[] {
  return [
    thin.length === 0 ? null : `Измерялось меньше половины этого времени: ${some(thin)}.`,
    unmeasured.length === 0 ? null : `В это время не измерялось: ${some(unmeasured)}.`,
    foreign.length === 0 ? null : `Здесь не измеряется: ${some(foreign)}.`,
  ].filter((sentence) => sentence !== null);
}

function claimText(subjects: ClaimSubjects): string {
  const { finding, seen, clear } = subjects;
  const left = leftOut(subjects);
  if (finding === 'not_measured') return ['Вывод не делается.', ...left].join(' ');
  const scope = left.length === 0 ? [] : [...left, 'Об этом вывод ничего не говорит.'];
  return [`${LEADS[finding]}: ${evidence(seen, clear)}.`, ...scope].join(' ');
}

export const ruClaims: typeof enClaims = {
  title: 'Что говорили официальные лица и что измерено',
  intro:
    'Заявления властей и операторов, которые подтверждают или отрицают блокировку; сначала новые. Каждая платформа, сеть и место, названные в заявлении, по отдельности сопоставлены с тем, что о них измерено. Решает инцидент; если его нет, должна быть измерена хотя бы половина часов, иначе вывод не делается.',
  rules:
    'Заявление опровергнуто, если хотя бы одна измеренная часть ему противоречит. Оно подтверждено, если с ним согласуется всё, что измерено. «Социальные сети» понимаются как Facebook, Instagram, YouTube, ВКонтакте, Одноклассники, TikTok и X, «мессенджеры» — как WhatsApp, Telegram и Signal. Измеренная блокировка не говорит, кто её приказал.',
  none: 'В календаре нет заявлений.',
  stance: { confirms: 'Подтверждение', denies: 'Отрицание' },
  finding: {
    supported: 'Подтверждено',
    contradicted: 'Опровергнуто',
    mixed: 'Отчасти опровергнуто',
    not_measured: 'Не измерялось',
  },
  subject: (platform, operator, place) => {
    const scope = [operator === null ? null : `сеть «${operator}»`, place].filter((part) => part !== null);
    return `${WIDER[platform] ?? platform}${scope.length === 0 ? '' : ` (${scope.join(', ')})`}`;
  },
  sentence: claimText,
  nothingNamed: 'В нём не названо ничего, что можно измерить.',
  part: (subject, { reason, measuredHours, hours: all, incidentIds }, operators) => {
    const of = `измерено ${number(measuredHours)} из ${plural(all, { one: `${number(all)} часа`, other: `${number(all)} часов` })}`;
    switch (reason) {
      case 'incident_seen':
        return `${upper(subject)}: записано инцидентов: ${number(incidentIds.length)}.`;
      case 'no_incident_seen':
        return `${upper(subject)}: инцидентов не записано; ${of}${networks(operators)}.`;
      case 'too_little_measured':
        return `${upper(subject)}: ${of}${networks(operators)}; для вывода этого мало.`;
      case 'never_measured':
        return `${upper(subject)}: в это время не измерялось.`;
      case 'not_comparable':
        return `${upper(subject)}: здесь не измеряется.`;
    }
  },
  more: (count) => `и ещё ${number(count)}`,
  examined: (time) => `С чем сопоставлено: ${time}.`,
  whole: (time) => `${time}, целиком`,
  wholeSpan: (from, to) => `всё время с ${from} по ${to}`,
  monthOnly: (time) => `${time}, потому что день неизвестен`,
  openEnd: (time) => `${time}, и не позже, потому что окончание неизвестно`,
  daysBefore: (time, days) =>
    `${time}, и предыдущие дни (${number(days)}), потому что своего времени в заявлении не названо`,
  upTo: (time, days) =>
    `${number(days)} ${plural(days, { one: 'день', few: 'дня', many: 'дней', other: 'дня' })} до ${time}, потому что своего времени в заявлении не названо`,
  saidBy: (stance) => `${stance}:`,
};
