import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Commands end to end whose tests wait for answers and not for a clock. */
const UNHURRIED = [
  'tests/e2e/{admin,borrowed,compose,doctor,events,evidence,fleet,influx,ooni,sweep}/**/*.test.ts',
  'tests/e2e/cli/{contract,run}.test.ts',
  'tests/e2e/web/{admin-pages,every-page}.test.ts',
];

/**
 * `npm test` runs two groups, one after the other. What watches real sockets against a clock runs alone and file by file:
 * a machine that is busy with other tests would look like a network that fails.
 */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Many of them wait for a server or another process most of the time.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['tests/{unit,contract,scenarios}/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'commands',
          include: UNHURRIED,
          globalSetup: ['tests/support/build-once.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['tests/{e2e,lab}/**/*.test.ts'],
          exclude: UNHURRIED,
          globalSetup: ['tests/support/build-once.ts'],
          maxWorkers: 1,
          maxConcurrency: 3,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
