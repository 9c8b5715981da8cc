import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { endOnExit, type ProcessResult } from '../../../src/files/index.js'
import { COMPILER, type CompilerRun } from '../../../src/proving/compile.js'

const PROCESS = fileURLToPath(new URL('compiler-process.mjs', import.meta.url))
/** Those that wait for something to compile. */
const idle: ChildProcess[] = []

/** Runs the compiler in a process that stays for the runs to come, one for each that is under way. */
export const inLastingProcess: CompilerRun = async (cwd, args) => {
  const child = idle.pop() ?? startProcess()
  hold(child, true)
  try {
    return await new Promise((resolve) => {
      const died = (code: number | null) => resolve({ code: code || 1, stdout: '', stderr: '' })
      child.once('exit', died)
      child.once('message', (result: ProcessResult) => {
        child.off('exit', died)
        idle.push(child)
        resolve(result)
      })
      child.send({ compiler: COMPILER, cwd, args })
    })
  } finally {
    hold(child, false)
  }
}

function startProcess(): ChildProcess {
  const child = fork(PROCESS, [], {
    execArgv: ['--expose-gc'],
    env: {},
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  endOnExit(child)
  child.once('exit', () => {
    const at = idle.indexOf(child)
    if (at >= 0) idle.splice(at, 1)
  })
  return child
}

/** Whether this process goes on as long as the child does. */
function hold(child: ChildProcess, whether: boolean): void {
  const act = whether ? 'ref' : 'unref'
  child[act]()
  child.channel?.[act]()
}
