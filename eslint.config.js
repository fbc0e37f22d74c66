import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Time, network and environment come in through a context; these are the ways round it. */
const ambient = {
  'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval'],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take a Clock.' },
    { object: 'performance', property: 'now', message: 'Take a Clock.' },
    { object: 'Math', property: 'random', message: 'Take a random source.' },
    { object: 'process', property: 'env', message: 'Only src/cli reads the environment.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock.' },
  ],
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '*.config.js', '**/*.cjs', 'scripts/', 'src/web/assets/']),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: true } } },
  {
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      'func-style': ['error', 'declaration'],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      complexity: ['error', 10],
      'max-lines': ['error', { max: 300, skipBlankLines: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['tests/**'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['vitest*.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  { files: ['probes/**', 'src/**'], ignores: ['probes/net/**', 'src/cli/**'], rules: ambient },
);
