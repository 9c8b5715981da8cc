import { fileURLToPath } from 'node:url'

/** Keeps what is made from the circuits between test files and test runs, addressed by content. */
export const TEST_CACHE = fileURLToPath(new URL('../../../build/test-cache', import.meta.url))
