import { fileURLToPath } from 'node:url'

/** What is made from the circuits is kept between test files and test runs: it is addressed by content. */
export const TEST_CACHE = fileURLToPath(new URL('../../../build/test-cache', import.meta.url))
