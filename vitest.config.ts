import { defineConfig } from 'vitest/config';

/** Unit, contract, scenario and end-to-end tests in one command; each file runs in its own process. */
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    globalSetup: ['tests/support/build-once.ts'],
  },
});
