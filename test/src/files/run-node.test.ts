import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { runNode } from '../../../src/files/index.js'

const run = (code: string, options?: Parameters<typeof runNode>[1]) => runNode(['--eval', code], options)

describe('a process of Node (cli.29)', () => {
  test('a process gets its input, folder and environment, and its output comes back with its exit code', async () => {
    const code = `
      let text = ''
      process.stdin.on('data', (chunk) => { text += chunk }).on('end', () => {
        console.log(JSON.stringify([text, process.cwd(), process.env.PATH ?? 'none']))
        console.error('done')
        process.exitCode = 3
      })`
    const result = await run(code, { input: 'input', cwd: tmpdir(), env: {} })
    expect(result).toEqual({
      code: 3,
      stdout: `${JSON.stringify(['input', tmpdir(), 'none'])}\n`,
      stderr: 'done\n',
    })
  })

  test('what a process that reads nothing is given is no error', async () => {
    const result = await run('process.exit(0)', { input: 'x'.repeat(1_000_000) })
    expect(result.code).toBe(0)
  })

  test('of standard error the last part is kept', async () => {
    const { stderr } = await run("process.stderr.write('a'.repeat(100_000) + 'end')")
    expect(stderr).toHaveLength(16_384)
    expect(stderr).toMatch(/aend$/)
  })

  test('a process that a signal ends has no exit code', async () => {
    expect((await run("process.kill(process.pid, 'SIGKILL')")).code).toBeNull()
  })

  test('what cannot be started is an error', async () => {
    await expect(run('', { cwd: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
