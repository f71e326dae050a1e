import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** One zone of the table of rooms in the README: code in `room` may not import from the `forbidden` rooms. */
const zone = (room, forbidden, reason) =>
  forbidden.map((from) => ({ target: `./${room}`, from: `./${from}`, message: reason }));

const ROOMS = ['domain', 'models', 'workflows', 'activities', 'workers', 'bot', 'web', 'recipes', 'sandbox', 'bench', 'test'];
const allBut = (...allowed) => ROOMS.filter((room) => !allowed.includes(room));

const CLOCK_AND_CHANCE = [
  { name: 'Date', message: 'domain/ has no clock: take the time as an argument.' },
  { name: 'process', message: 'domain/ has no environment: take the value as an argument.' },
  { name: 'fetch', message: 'domain/ does no I/O.' },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.trainyard/', 'docs/', '**/*.json'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver': { typescript: true },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Export by name: `export *` hides what a module offers and drops workflows in silence.' },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only config.ts files read the environment; take the value as an argument.' },
      ],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            ...zone('domain', allBut('domain'), 'domain/ is pure rules: it imports nothing.'),
            ...zone('models', allBut('domain', 'models'), 'models/ knows the database and domain/, nothing else.'),
            ...zone('workflows', allBut('domain', 'workflows', 'activities'), 'workflows/ sequences: domain/ and activity types only.'),
            ...zone('activities', allBut('domain', 'models', 'activities', 'bot'), 'activities/ touches one external system each: domain/ and models/ only.'),
            ...zone('bot', allBut('domain', 'models', 'workflows', 'bot'), 'bot/ acknowledges, reads and tells: domain/, models/ and the public face of workflows/.'),
            ...zone('web', allBut('domain', 'models', 'workflows', 'web'), 'web/ serves: domain/, models/ and the public face of workflows/.'),
            { target: './activities/!(discord)/**/*', from: './bot', message: 'Only activities/discord/ may use the bot views.' },
            { target: './activities/discord', from: ['./bot/*.ts', './bot/!(views|texts|wire)/**/*'], message: 'activities/discord/ may use the pure views and texts of the bot, and what both Discord clients share, nothing else.' },
          ],
        },
      ],
    },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...CLOCK_AND_CHANCE],
      'no-restricted-imports': ['error', { patterns: [{ regex: '^[^.]', message: 'domain/ imports no package and no Node built-in.' }] }],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    ignores: ['workflows/**/client.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^node:', message: 'Workflow code runs in an isolate without Node built-ins.' },
            { regex: '^@temporalio/client$', message: 'Only workflows/*/client.ts may use the Temporal client.' },
            { regex: '^(mongoose|zod|discord\\.js|sharp|pino)', message: 'Workflow code is rules and sequence only.' },
          ],
        },
      ],
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: 'activities/', allowTypeImports: true, message: 'Workflows know activities by `import type` only.' },
            { regex: '^(node:|@temporalio/client$|mongoose|zod|discord\\.js|sharp|pino)', message: 'Workflow code is rules and sequence only.' },
          ],
        },
      ],
    },
  },
  // mongoose declares schema options as a class and is given plain objects everywhere, its own documentation included.
  { files: ['models/**/*.ts'], rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' } },
  { files: ['**/config.ts'], rules: { 'no-restricted-properties': 'off' } },
  // What a process is made of is put together in its main.ts: there alone every room meets.
  { files: ['bot/main.ts', 'web/main.ts'], rules: { 'import-x/no-restricted-paths': 'off' } },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
);
