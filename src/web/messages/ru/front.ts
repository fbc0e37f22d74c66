/** Russian: the front page. */
import type { enFront, enHeadlines, enNotes, When } from '../en/front.ts';
import { hours, inNetworks, inPlaces, measurements, quoted, ruWords } from './grammar.ts';

const { plural, number, duration } = ruWords;

function when({ start, end }: When): string {
  return end === null ? `с ${start}` : `с ${start} до ${end}`;
}

/** A verb by whether it goes on. */
function now({ end }: When, present: string, past: string): string {
  return end === null ? present : past;
}

/** `платформе «YouTube»`: the noun in the case that the sentence asks for. */
function platforms(names: readonly string[], one: string, several: string): string {
  return `${names.length === 1 ? one : several} ${quoted(names)}`;
}

function accessTo(names: readonly string[]): string {
  return `Доступ к ${platforms(names, 'платформе', 'платформам')}`;
}

export const ruHeadlines: typeof enHeadlines = {
  blocked: (names, networks, time) =>
    `${accessTo(names)} ${now(time, 'заблокирован', 'был заблокирован')}${inNetworks(networks)} ${when(time)}`,
  throttled: (names, networks, time) =>
    `${accessTo(names)} ${now(time, 'замедлен', 'был замедлен')}${inNetworks(networks)} ${when(time)}`,
  intercepted: (names, networks, time) =>
    `Соединения с ${platforms(names, 'платформой', 'платформами')} ${now(time, 'перехватываются', 'перехватывались')}${inNetworks(networks)} ${when(time)}`,
  shutdown: (networks, places, time) =>
    `Интернет ${now(time, 'отключён', 'был отключён')}${inNetworks(networks)}${inPlaces(places)} ${when(time)}`,
  vantageCut: (networks, time) =>
    `Наша точка наблюдения${inNetworks(networks)} ${now(time, 'не выходит', 'не выходила')} в интернет ${when(time)}`,
  mobileShutdown: (networks, places, time) =>
    `Мобильный интернет ${now(time, 'отключён', 'был отключён')}${inNetworks(networks)}${inPlaces(places)} ${when(time)}`,
  allowList: (networks, time) =>
    `Только сайты из белого списка ${now(time, 'открываются', 'открывались')}${inNetworks(networks)} ${when(time)}`,
  targetDown: (names, time) =>
    `${platforms(names, 'Платформа', 'Платформы')} ${targetVerb(names.length, time)} нигде ${when(time)}; ${names.length === 1 ? 'её' : 'их'} никто не ${now(time, 'блокирует', 'блокировал')}`,
  vantageSilent: (networks, vantages, time) =>
    vantages < 2
      ? `Наша точка наблюдения${inNetworks(networks)} ${now(time, 'не отвечает', 'не отвечала')} ${when(time)}`
      : `Наши точки наблюдения${inNetworks(networks)} ${now(time, 'не отвечают', 'не отвечали')} ${when(time)}`,
  more: (count) =>
    `И ещё ${number(count)} ${plural(count, { one: 'инцидент', few: 'инцидента', many: 'инцидентов', other: 'инцидента' })}.`,
  reachable: (count) => `Всё, что мы измеряем, доступно из ${fromVantages(count)}`,
  reachableSome: (online, count) =>
    `Всё, что мы измеряем, доступно; точек наблюдения на связи: ${number(online)} из ${number(count)}`,
  suspected: (names, networks) =>
    `${platforms(names, 'Платформа', 'Платформы')} не ${names.length === 1 ? 'открывается' : 'открываются'}${inNetworks(networks)}; это ещё не подтверждено`,
  unclear: 'По измерениям сейчас нельзя сказать, что доступно',
  offline: (count) =>
    count === 1 ? 'Эта точка наблюдения без связи' : `Все точки наблюдения (${number(count)}) без связи`,
  limited: {
    domestic_only: (networks) => `Отвечают только сайты внутри страны${inNetworks(networks)}`,
    allow_list: (networks) => `Отвечают только сайты из белого списка${inNetworks(networks)}`,
    dns_only: (networks) =>
      `Отвечают только серверы имён${inNetworks(networks)}; ни один сайт не открывается`,
    offline: (networks) => `Наши точки наблюдения${inNetworks(networks)} без связи`,
    online: (networks) => `Наши точки наблюдения${inNetworks(networks)} на связи`,
  },
  starting: 'Измерений пока нет; первый круг закончится примерно через минуту',
  noData: (since) => `С запуска этого монитора (${since}) не получено ни одного измерения`,
  stale: (newest) => `Новых измерений нет с ${newest}`,
};

function targetVerb(count: number, time: When): string {
  if (count === 1) return now(time, 'не работает', 'не работала');
  return now(time, 'не работают', 'не работали');
}

function fromVantages(count: number): string {
  return `${number(count)} ${plural(count, { one: 'точки наблюдения', other: 'точек наблюдения' })}`;
}

export const ruNotes: typeof enNotes = {
  offline: {
    nothing:
      'Не отвечает ни один сайт, ни в стране, ни за границей, и ни один сервер имён. Пока это так, ничто не считается заблокированным; проверки продолжаются сами. Проверьте кабель, модем или SIM-карту этой машины.',
    names:
      'Имена сайтов ещё определяются, но ни один сайт не отвечает, ни в стране, ни за границей. Пока это так, ничто не считается заблокированным; проверки продолжаются сами. Проверьте кабель, модем, прокси или SIM-карту этой машины.',
  },
  offlineDemo: 'Чтобы увидеть Aiqyn в работе без интернета, выполните',
  limited:
    'Пока сама точка наблюдения отрезана от сети, ничто не считается заблокированным; об отключении говорится, только когда его видят несколько точек.',
  starting: 'Эта страница обновляется сама. Её адрес можно сохранить в закладках.',
  noData:
    'Посмотрите журнал монитора или выполните «aiqyn doctor»: команда скажет, чего не хватает на этой машине.',
  stale: 'Ниже показано то, что было видно тогда, а не то, что есть сейчас.',
  suspected:
    'Это видела одна точка или один круг проверок. Инцидент открывается, когда повторные проверки и другие точки это подтвердят.',
  unclear: 'Неясные результаты никогда не считаются блокировкой.',
  down: 'Не работает и за пределами страны.',
  controlNone:
    'Контроль за пределами страны не настроен. Поэтому выводы опираются на парные соединения, известные сертификаты и известные сети; сайт, который просто не открывается, остаётся «неясным».',
  controlUnreachable:
    'Контроль за пределами страны не отвечает. Используются его последние верные ответы; без них сайт, который просто не открывается, остаётся «неясным».',
  demo: (title, speed) =>
    `Демонстрация: «${title}», в маленьком интернете внутри этой машины, в ${number(speed, 1)} ${plural(speed, { one: 'раз', few: 'раза', many: 'раз', other: 'раза' })} быстрее, чем это было. Всё время здесь — время сценария. К сегодняшнему дню это не относится.`,
  problems: 'У этого монитора неполадка',
  times: (place, offset) => `Время дано по часовому поясу «${place}» (${offset}) и округлено до пяти минут.`,
  updated: (time) => `На ${time}`,
  dropped: (count) => `Потеряно: ${measurements(count)}, потому что место, отведённое на диске, закончилось.`,
};

export const ruFront: typeof enFront = {
  nowTitle: 'Сейчас',
  nowCaption: 'Каждая платформа в каждой сети, самый новый вывод',
  platform: 'Платформа',
  since: (time) => `с ${time}`,
  sinceLong: 'больше 7 дней',
  partly: (bad, all) => `${number(bad)} из ${number(all)} адресов`,
  lowConfidence: 'ещё не точно',
  notMeasured: 'Нет свежих измерений',
  noRows: 'За последние полчаса ничего не измерено.',
  openTitle: 'Происходит сейчас',
  noOpen: 'Открытых инцидентов нет.',
  recentTitle: 'Недавние инциденты',
  noRecent: 'За последние 30 дней инцидентов не было.',
  allIncidents: 'Все инциденты',
  timelineTitle: (count) => `За ${plural(count, { one: 'последний', other: 'последние' })} ${hours(count)}`,
  timelineNote:
    'Одна полоса на платформу, с шагом в пять минут. Тонкая: доступно. Высокая: есть нарушение, и чем выше, тем больше сетей оно затронуло. Пропуск: не измерялось.',
  vantagesTitle: 'Откуда мы измеряем',
  lasted: (text) => `длилось ${text}`,
  noVantages: 'Ни одна точка наблюдения ещё не отозвалась.',
  lasting: (durationMs) => duration(durationMs),
};
