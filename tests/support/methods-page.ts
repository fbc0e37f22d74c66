/** docs/methods.md, made of what each kind of probe said of each method. */

interface Row {
  readonly what: string;
  readonly seen: Readonly<Record<string, string>>;
}

const HEAD = `<!-- Made by tests/e2e/demo-world/methods.test.ts of what it saw. -->

# What each probe says of each method

Every cell was seen on real sockets: a vantage on a censored network of the demo's small internet, a control outside of it,
the rings, and the verdict that production makes. A cell reads \`status: layer, method\`; for the rings it is the vantage's
connectivity. [verdicts.md](verdicts.md) has the rules.

What one measurement cannot say is told by others: \`offline\` is no verdict on the target, and several vantages that are
offline together are what a shutdown looks like from inside.
`;

/** @throws RangeError where a row lacks a kind that another has. */
export function methodsPage(rows: readonly Row[]): string {
  const kinds = Object.keys(rows[0]?.seen ?? {});
  const lines = rows.map(({ what, seen }) => [what, ...kinds.map((kind) => cell(seen, kind))]);
  return [
    HEAD,
    line(['what is done', ...kinds]),
    line(['---', ...kinds.map(() => '---')]),
    ...lines.map(line),
    '',
  ].join('\n');
}

function cell(seen: Row['seen'], kind: string): string {
  const said = seen[kind];
  if (said === undefined) throw new RangeError(`nothing was seen of ${kind}`);
  return said;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
