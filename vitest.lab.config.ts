import { defineConfig } from 'vitest/config';

/** `npm run test:lab`: everything in the lab, also what takes minutes because the detector's minutes are real ones. Needs root. */
export default defineConfig({
  test: {
    include: ['tests/lab/**/*.{test,lab}.ts'],
    globalSetup: ['tests/support/build-once.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Labs are told apart by their owner, and wait for the clock most of the time.
    maxWorkers: 3,
  },
});
