/** Files of tests/fixtures/config that are wrong, and what an operator reads of each. */

const PLACES_KNOWN = 'a place of the catalogue, or "unknown"';
export const BAD_CONFIGS: readonly (readonly [file: string, message: string])[] = [
  ['unknown-key.yaml', '2:3 http.prot: unknown key "prot", did you mean "port"?'],
  ['unknown-section.yaml', '1:1 data_dir: unknown key "data_dir", did you mean "dataDir"?'],
  ['duplicate-key.yaml', '2:1: the same key stands twice in one map'],
  [
    'broken-syntax.yaml.txt',
    '2:1: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['unknown-alias.yaml', 'Unresolved alias (the anchor must be set before the alias): mine'],
  ['unknown-tag.yaml', '1:7: Unresolved tag: !env'],
  [
    'detector-same-machine-twice.yaml',
    '1:26 detector.sameMachine: found a list of 2, expected each vantage once',
  ],
  ['not-a-map.yaml', '1:1: found a list of 1, expected a map'],
  ['two-documents.yaml', '2:1: Source contains multiple documents; please use YAML.parseAllDocuments()'],
  ['empty-data-dir.yaml', '1:10 dataDir: is empty, expected at least 1 characters'],
  [
    'variable-outside-a-secret.yaml',
    '1:10 dataDir: found "${HOME}/aiqyn", expected a plain text: ${NAME} is replaced in `token` and `password` only',
  ],
  ['store-kind.yaml', `1:16 store.kind: found "duckdbb", expected 'duckdb' | 'memory' | 'influx'`],
  [
    'store-key.yaml',
    '1:24 store.file: unknown key "file", known are kind, url, database, org, bucket, token, tokenFile, username, password, passwordFile, flavour',
  ],
  ['influx-without-url.yaml', '1:8 store.url: is missing, expected an address such as http://127.0.0.1:8086'],
  [
    'influx-url.yaml',
    '1:29 store.url: found "influx:8086", expected an address such as http://127.0.0.1:8086',
  ],
  [
    'influx-login-in-url.yaml',
    '1:8 store.username: is missing, expected the login here, with `passwordFile`, and none in `url`',
  ],
  [
    'influx-without-database.yaml',
    '1:8 store.database: is missing, expected `database` (1.x, 3.x), or `org` and `bucket` (2.x)',
  ],
  [
    'influx-database-and-bucket.yaml',
    '1:75 store.bucket: found "c", expected either `database` or `bucket`, not both',
  ],
  [
    'influx-bucket-without-org.yaml',
    '1:8 store.org: is missing, expected the organisation that has the bucket',
  ],
  [
    'influx-username-alone.yaml',
    '1:8 store.passwordFile: is missing, expected a password for the username: `passwordFile` or `password`',
  ],
  [
    'influx-password-alone.yaml',
    '1:8 store.username: is missing, expected the username that the password is for',
  ],
  [
    'influx-two-logins.yaml',
    '1:69 store.username: found "b", expected either a token or a username, not both',
  ],
  [
    'influx-token-twice.yaml',
    '1:83 store.tokenFile: found a value that is kept secret, expected either `token` or `tokenFile`, not both',
  ],
  [
    'influx-password-twice.yaml',
    '1:102 store.passwordFile: found a value that is kept secret, expected either `password` or `passwordFile`, not both',
  ],
  ['influx-flavour.yaml', '1:68 store.flavour: found "4", expected one of 1, 2, 3; did you mean "1"?'],
  ['vantages-empty.yaml', '1:11 vantages: found an empty list, expected at least 1 entries'],
  ['vantage-without-id.yaml', '2:5 vantages[0].id: is missing, expected a text'],
  [
    'vantage-id.yaml',
    '2:11 vantages[0].id: found "Kcell Almaty", expected lower-case letters, digits and single hyphens, at most 64',
  ],
  ['vantage-twice.yaml', '3:11 vantages[1].id: found "ala", expected an id that no other vantage has'],
  [
    'vantage-operator.yaml',
    '2:26 vantages[0].operator: found "belline", expected an AS number such as AS9198, or an operator of the catalogue; did you mean "beeline"?',
  ],
  [
    'vantage-place.yaml',
    `2:23 vantages[0].place: found "Алма-Ата", expected ${PLACES_KNOWN}; did you mean "almaty"?`,
  ],
  [
    'vantage-access.yaml',
    '2:24 vantages[0].access: found "moblie", expected one of mobile, fixed, hosting, remote; did you mean "mobile"?',
  ],
  [
    'vantage-local-address.yaml',
    '2:30 vantages[0].localAddress: found "wwan0", expected an IP address, such as 192.168.8.100',
  ],
  [
    'resolver.yaml',
    '2:9 resolvers.udp[0]: found "9.9.9.9:70000", expected an address such as 9.9.9.9, 9.9.9.9:53 or [2620:fe::fe]:53',
  ],
  [
    'resolver-doh.yaml',
    '1:19 resolvers.doh: found "http://dns.example.org/dns-query", expected an https:// address, such as https://dns.quad9.net/dns-query',
  ],
  [
    'resolvers-none.yaml',
    '1:22 resolvers.system: found false, expected at least one way to resolve names: system, udp or doh',
  ],
  [
    'control-url.yaml',
    '1:17 control.url: found "control.example.org", expected an address such as https://control.example.org',
  ],
  [
    'control-without-url.yaml',
    '1:10 control.url: is missing, expected an address such as https://control.example.org',
  ],
  ['control-token-type.yaml', '3:10 control.token: found a value that is kept secret, expected a text'],
  [
    'control-token-twice.yaml',
    '4:14 control.tokenFile: found a value that is kept secret, expected either `token` or `tokenFile`, not both',
  ],
  ['http-port.yaml', '1:15 http.port: found 99999, expected at most 65535'],
  ['http-port-type.yaml', '1:15 http.port: found "8470", expected a number'],
  ['archive-budget.yaml', '1:29 archive.budgetMegabytes: found 0, expected at least 1'],
  ['archive-bodies.yaml', '1:24 archive.keepBodies: found "yes", expected true or false'],
  ['spool-budget.yaml', '1:27 spool.budgetMegabytes: found "lots", expected a number'],
  ['detector-rate.yaml', '1:43 detector.falseIncidentsPerVantageYear: found 0, expected more than 0'],
  ['paths-rate.yaml', '1:26 paths.perQuarterHour: found 0, expected at least 1'],
  ['detector-share.yaml', '1:28 detector.smallestShare: found 2, expected at most 1'],
  [
    'log-level.yaml',
    '1:15 log.level: found "inof", expected one of debug, info, warn, error, silent; did you mean "info"?',
  ],
  ['alerts-routes-empty.yaml', '1:19 alerts.routes: found an empty list, expected at least 1 entries'],
  [
    'alerts-channel.yaml',
    "3:25 alerts.routes[0].channel: found \"telegrm\", expected 'telegram' | 'email' | 'webhook' | 'ntfy' | 'slack' | 'alertmanager'",
  ],
  [
    'alerts-telegram-without-token.yaml',
    '3:7 alerts.routes[0].tokenFile: is missing, expected a file with the secret, or `token`',
  ],
  [
    'alerts-telegram-token-twice.yaml',
    '3:68 alerts.routes[0].tokenFile: found a value that is kept secret, expected either `token` or `tokenFile`, not both',
  ],
  [
    'alerts-telegram-chat.yaml',
    '3:41 alerts.routes[0].chat: found "my chat", expected a chat’s number or @name',
  ],
  [
    'alerts-email-password-in-the-clear.yaml',
    '3:47 alerts.routes[0].tls: found "none", expected implicit or starttls where a password is sent',
  ],
  [
    'alerts-email-without-username.yaml',
    '3:7 alerts.routes[0].username: is missing, expected the username that the password is for',
  ],
  [
    'alerts-email-to.yaml',
    '3:58 alerts.routes[0].to[0]: found "nobody", expected an address such as alerts@example.org',
  ],
  [
    'alerts-login-in-url.yaml',
    '3:13 alerts.routes[0].id: found "a", expected an address without a login in it',
  ],
  [
    'alerts-ntfy-topic.yaml',
    '3:38 alerts.routes[0].topic: found "a/b", expected a topic of letters, digits, - and _',
  ],
  [
    'alerts-kind.yaml',
    '3:57 alerts.routes[0].only.kinds[0]: found "shutdwn", expected one of platform_block, throttling, interception, mobile_shutdown, shutdown, allow_list, vantage_silent, target_down; did you mean "shutdown"?',
  ],
  [
    'alerts-operator.yaml',
    '3:61 alerts.routes[0].only.operators[0]: found "kcel", expected an AS number such as AS9198, or an operator of the catalogue; did you mean "kcell"?',
  ],
  [
    'alerts-place.yaml',
    '3:58 alerts.routes[0].only.places[0]: found "almatty", expected a place of the catalogue, or "unknown"; did you mean "almaty"?',
  ],
  [
    'alerts-quiet-hour.yaml',
    '3:56 alerts.routes[0].quiet.from: found "25:00", expected an hour such as 23:00, in quotes',
  ],
  [
    'alerts-quiet-zone.yaml',
    '3:88 alerts.routes[0].quiet.timeZone: found "Asia/Almata", expected a time zone such as Asia/Almaty',
  ],
  [
    'alerts-quiet-empty.yaml',
    '3:69 alerts.routes[0].quiet.to: found "23:00", expected another hour than `from`',
  ],
  ['alerts-twice.yaml', '4:13 alerts.routes[1].id: found "a", expected an id that no other route has'],
  ['alerts-key.yaml', '3:41 alerts.routes[0].langage: unknown key "langage", did you mean "language"?'],
  ['sweep-without-contact.yaml', '1:8 sweep.contact: is missing, expected a text'],
  [
    'sweep-operator.yaml',
    '3:15 sweep.operators[0]: found "kcel", expected an AS number such as AS9198, or an operator of the catalogue; did you mean "kcell"?',
  ],
  [
    'sweep-operator-without-prefixes.yaml',
    '3:22 sweep.operators[1]: found "obit", expected an operator with prefixes in probes/catalog/prefixes.yaml',
  ],
  [
    'sweep-foreign-prefix.yaml',
    '4:15 sweep.prefixes[0].cidr: found "8.8.8.0/24", expected a prefix that AS29355 announces (probes/catalog/prefixes.yaml)',
  ],
  [
    'sweep-prefix-of-another.yaml',
    '4:15 sweep.prefixes[0].cidr: found "5.34.0.0/24", expected a prefix that AS29355 announces (probes/catalog/prefixes.yaml)',
  ],
  [
    'sweep-prefix-too-wide.yaml',
    '4:15 sweep.prefixes[0].cidr: found "2.72.0.0/12", expected a prefix that begins where its length says: 2.64.0.0/12',
  ],
  [
    'sweep-private-prefix.yaml',
    '4:15 sweep.prefixes[0].cidr: found "192.168.8.0/24", expected addresses of the public internet (127.0.0.0/8, this machine, for trials)',
  ],
  [
    'sources-unknown.yaml',
    '2:3 sources.netblocks: unknown key "netblocks", known are ioda, radar, ooni, ripestat, atlas, ihr, operators',
  ],
  [
    'sources-token-twice.yaml',
    '4:16 sources.radar.tokenFile: found a value that is kept secret, expected either `token` or `tokenFile`, not both',
  ],
  [
    'sources-url.yaml',
    '2:16 sources.ioda.url: found "ioda.example.org", expected an address such as https://mirror.example.org/v2',
  ],
  [
    'sources-url-empty.yaml',
    '2:16 sources.ioda.url: is empty, expected an address such as https://mirror.example.org/v2',
  ],
  [
    'sources-url-without-value.yaml',
    '3:9 sources.radar.url: is empty, expected an address such as https://mirror.example.org/v2',
  ],
  [
    'sources-latest.yaml',
    '2:20 sources.atlas.latest: found 1001, expected a list of numbers of measurements, such as [1001, 5001]',
  ],
  ['sources-rate.yaml', '2:22 sources.ioda.perMinute: found 600, expected at most 60'],
  ['sweep-rate.yaml', '3:14 sweep.perSecond: found 1000, expected at most 100'],
  [
    'admin-without-a-way.yaml',
    '2:3 admin.tokenFile: is missing, expected a file with a token, or `proxyHeader`',
  ],
  [
    'admin-header-without-proxies.yaml',
    '2:3 admin.proxies: is missing, expected the addresses from which `proxyHeader` is believed: anybody else could write it too',
  ],
  [
    'admin-token-twice.yaml',
    '3:14 admin.tokenFile: found a value that is kept secret, expected either `token` or `tokenFile`, not both',
  ],
  [
    'admin-proxy-header.yaml',
    '2:16 admin.proxyHeader: found "X Forwarded", expected the name of a header, such as X-Forwarded-User',
  ],
  [
    'http-trust-proxy.yaml',
    '2:16 http.trustProxy[0]: found "proxy.example.org", expected an address or a network, such as 127.0.0.1 or 10.0.0.0/8',
  ],
  ['http-requests.yaml', '1:28 http.requestsPerMinute: found 1, expected at least 10'],
  [
    'sweep-anchor.yaml',
    '3:13 sweep.anchors[0]: found "one.one.one.one:443", expected an address and port, such as 9.9.9.9:443',
  ],
];
