import { describe, expect, test } from 'vitest'
import { shellLines } from '../../../src/cli/terminal/shell.js'

describe('an example fits the terminal, and a shell takes it as it is shown (cli.18)', () => {
  const line = 'plimsoll a b --one x --two "y z" --three w'

  test('it stays whole where there is room', () => {
    expect(shellLines(line, 80)).toEqual([`  ${line}`])
  })

  test('it is broken before an option, and its value goes along', () => {
    expect(shellLines(line, 24)).toEqual(['  plimsoll a b --one x \\', '    --two "y z" \\', '    --three w'])
  })

  test('words between quotes stay together at any width', () => {
    for (let columns = 10; columns < 60; columns++) {
      const lines = shellLines(line, columns)
      expect(
        lines
          .join('\n')
          .replaceAll(/ \\\n +/g, ' ')
          .trim(),
      ).toBe(line)
      expect(lines.slice(0, -1).every((part) => part.endsWith(' \\'))).toBe(true)
    }
  })
})
