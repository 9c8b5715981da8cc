import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/src/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'circuits', include: ['test/circuits/**/*.test.ts', 'test/soundness/**/*.test.ts'] },
      },
      { extends: true, test: { name: 'contracts', include: ['test/contracts/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts', 'test/attacks/**/*.test.ts'] },
      },
    ],
  },
})
