/** Import rules. Read as: a file in `from` must not import a file in `to`. ARCHITECTURE.md says why. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'probes-stand-alone',
      severity: 'error',
      from: { path: '^probes/' },
      to: { path: '^(src|dashboards|tests)/' },
    },
    {
      name: 'probe-kinds-are-strangers',
      severity: 'error',
      from: { path: '^probes/([a-z]+)/' },
      to: { path: '^probes/[a-z]+/', pathNot: '^probes/($1)/' },
    },
    {
      name: 'probes-touch-no-network',
      severity: 'error',
      from: { path: '^probes/', pathNot: '^probes/net/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'analysis-is-pure',
      severity: 'error',
      from: { path: '^src/analysis/' },
      to: { pathNot: '^(src/analysis/|src/errors|probes/(measurement|observations|words))' },
    },
    {
      name: 'adapters-only-from-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|store/[^/]+)/' },
      to: { path: '^src/store/[^/]+/' },
    },
    {
      name: 'channels-only-from-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|alerts/channels)/' },
      to: { path: '^src/alerts/channels/' },
    },
    {
      name: 'cli-is-the-top',
      severity: 'error',
      from: { path: '^(probes|src)/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'an-agent-stays-small',
      comment: 'An agent on a Raspberry Pi loads neither DuckDB nor charts nor web pages.',
      severity: 'error',
      from: { path: '^src/(agent|archive|control|fleet)/' },
      to: { path: '^src/(store/[^/]+/|web/)|node_modules/(@duckdb|echarts|fastify)/' },
    },
    {
      name: 'dashboards-know-only-names',
      comment:
        'Names of series, words of verdicts, colours and the shape of a place: what a renamed one must break.',
      severity: 'error',
      from: { path: '^dashboards/' },
      to: {
        path: '^(probes|src)/',
        pathNot: '^(src/(store/fields|status-colours|analysis/)|probes/(words|catalog)\\.ts)',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
