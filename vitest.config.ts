import { configDefaults, defineConfig } from 'vitest/config'

/** What takes longest and changes least; `npm run test:sweeps` runs it too, and every random sweep in full. */
const LONG = [
  'test/circuits/margin-{charges-forgeries,comparisons,forgeries,openings,random,rows}.test.ts',
  'test/circuits/solvency-{stress,tiers}.test.ts',
  'test/e2e/waterfall.test.ts',
]
const exclude = [...configDefaults.exclude, ...(process.env.PLIMSOLL_SWEEP === '1' ? [] : LONG)]

export default defineConfig({
  test: {
    pool: 'forks',
    exclude,
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
