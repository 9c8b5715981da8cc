// Runs the circuit compiler once for each message, always in this process: what the engine has optimised in
// one run serves the next, which takes 2 to 3 seconds of processor time off it.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { runInThisContext } from 'node:vm'

const require = createRequire(import.meta.url)
/** The compiler's code by its path. While it is kept, the same bytes are not compiled again. */
const kept = new Map()

process.on('disconnect', () => process.exit())
process.on('message', async ({ compiler, cwd, args }) => {
  const written = { 1: [], 2: [] }
  // What it writes to standard output and standard error belongs to this run.
  const writeSync = (fd, bytes, offset = 0, length = bytes.length - offset, position = null) => {
    if (written[fd] === undefined) return fs.writeSync(fd, bytes, offset, length, position)
    written[fd].push(Buffer.from(bytes.subarray(offset, offset + length)))
    return length
  }
  const requireIt = (name) => (name === 'node:fs' ? { ...fs, writeSync } : require(name))
  let code = 0
  try {
    process.chdir(cwd)
    const [, wasm] = args
    if (!kept.has(wasm)) kept.set(wasm, await WebAssembly.compile(fs.readFileSync(wasm)))
    await runInThisContext(compiler)(requireIt, args, (ended) => {
      throw { ended }
    })
  } catch (error) {
    code = error?.ended ?? 1
    if (error?.ended === undefined) written[2].push(Buffer.from(String(error?.stack ?? error)))
  }
  // The run's memory goes before the next one takes its own.
  globalThis.gc()
  process.send({ code, stdout: `${Buffer.concat(written[1])}`, stderr: `${Buffer.concat(written[2])}` })
})
