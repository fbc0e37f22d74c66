/** docs/verdicts.md as the code has it. */
import { RULES } from '../../src/analysis/verdict/rules.ts';

export function rulesTable(): string {
  const rows = RULES.map(
    (rule, index) =>
      `| ${index + 1} | \`${rule.id}\` | ${cell(rule.when)} | ${cell(rule.says)} | ${cell(rule.confidence)} | ${cell(rule.source)} |`,
  );
  return [
    '<!-- Made from src/analysis/verdict/rules/. To write this file anew, and no other: npx vitest run tests/unit/analysis/verdict/rules.test.ts -u -->',
    '',
    '# How a measurement becomes a verdict',
    '',
    'A verdict is made from one measurement and its control by a pure function, so that every verdict can be made again',
    'from the archive and gives the same answer. Observations are first put in order along the user’s path: what the',
    'system’s resolver answered, the addresses in that answer, the handshakes and requests to them, the redirects followed.',
    'Then the first rule of the table that applies decides.',
    '',
    'Three rules stand over the table. What was measured while the vantage was in another network than its own (a VPN, another',
    'line: `x_aiqyn_other_network`) is `inconclusive` (`own.other_network`) and counts for nobody. What fails while the rings of the vantage are not all up is `offline`, whatever the',
    'table says; what works stays `ok` or `tampered`, and a known interceptor’s certificate stays `intercepted`. And nobody is',
    '`blocked` while the control fails ([why](decisions/0006-a-control-that-fails-leaves-nobody-blocked.md)). Where there is no',
    'control at all, `blocked` is said only of what proves itself, with a confidence of 0.7 at most.',
    '',
    'A confidence below 0.5 is shown and opens no incident.',
    '',
    '| # | rule | when | says | confidence | source |',
    '| --: | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
