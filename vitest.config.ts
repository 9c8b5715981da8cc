import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { SWEEPING } from './test/helpers/sweep.js'

/** Starts with what takes longest by itself, so that one process is not left with it in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = ['e2e/demo', 'e2e/', 'attacks/', 'fuzz/', 'contracts/', 'circuits/', 'soundness/']
    const rank = ({ moduleId }: TestSpecification) => {
      const found = order.findIndex((part) => moduleId.includes(`/test/${part}`))
      return found < 0 ? order.length : found
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

/** What takes longest and changes least: `npm run test:sweeps` and `npm run soundness` run it too. */
const LONG = [
  'test/circuits/margin-{comparisons,forgeries,rows}.test.ts',
  'test/e2e/{waterfall,ceremony-shipped}.test.ts',
]
const exclude = [...configDefaults.exclude, ...(SWEEPING ? [] : LONG)]

/** Longer than any test takes on a slow machine under load, in milliseconds. */
const HANGS = 6 * 3_600_000

export default defineConfig({
  test: {
    pool: 'forks',
    exclude,
    maxWorkers: 2,
    // The build is run as it is.
    setupFiles: 'test/setup.ts',
    server: { deps: { external: [/\/dist\//] } },
    sequence: { sequencer: LongestFirst },
    // Time decides no test. These only name one that hangs.
    testTimeout: HANGS,
    hookTimeout: HANGS,
    projects: [
      // One after the other in a process, which reads what they share once.
      { extends: true, test: { name: 'unit', include: ['test/src/**/*.test.ts'], isolate: false } },
      {
        extends: true,
        test: {
          name: 'circuits',
          include: ['test/circuits/**/*.test.ts', 'test/soundness/**/*.test.ts'],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'contracts', include: ['test/contracts/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/attacks/**/*.test.ts', 'test/fuzz/**/*.test.ts'],
        },
      },
    ],
  },
})
