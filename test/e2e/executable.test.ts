import { statSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the built command line can be started by its name (cli.11)', () => {
  expect(statSync('dist/cli/main.js').mode & 0o111).toBe(0o111)
})
