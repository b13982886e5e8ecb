import { defineConfig } from 'vitest/config';

// The suffix says what a test needs: `.test.ts` nothing, `.itest.ts` sockets, files or services.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{streamer,simulator,scenarios,reports,fixtures,deploy}/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{streamer,simulator,scenarios,reports,fixtures,deploy}/**/*.itest.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
