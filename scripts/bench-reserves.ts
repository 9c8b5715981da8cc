/**
 * The cost of checking evidence of reserves: `tsx scripts/bench-reserves.ts [ACCOUNTS] [OUTPUTS]`, with as
 * many outputs of Bitcoin for each account, and with 0 outputs, with ether and a token for each account of a
 * chain as large as Ethereum. The check runs in a process of its own, whose memory is measured.
 * `tsx scripts/bench-reserves.ts headers [BLOCKS]` checks headers of Bitcoin alone.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { evidenceFolder } from '../src/collect/index.js'
import { checkReserves, HeaderChain, RESERVES_PATHS } from '../src/reserves/index.js'
import { benchWords, cpuSecondsSince, reportFigures } from './bench-report.js'
import { writeMadeUpEvm } from './made-up-evm.js'
import { madeUpHeaders, writeMadeUpReserves } from './made-up-reserves.js'
import { run } from './run.js'

const [CHECK, HEADERS] = ['check', 'headers']
const REGTEST = '0f9188f13cb7b2c71f2a335e3a4fc328'

async function check(folder: string): Promise<void> {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const { report } = await checkReserves(evidenceFolder(folder), {
    onProgress: (lines) => {
      if (lines % 100_000 === 0) console.error(`${lines} lines, ${cpuSecondsSince(cpu).toFixed(0)} CPU s`)
    },
  })
  if (!report.valid) throw new Error(JSON.stringify(report.checks))
  reportFigures({
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: cpuSecondsSince(cpu),
    peakMiB: process.resourceUsage().maxRSS / 1024,
    counted: report.accounts.counted,
    satoshis: report.outputs.all,
  })
}

function checkHeaders(blocks: number): void {
  const headers = madeUpHeaders(blocks)
  const cpu = process.cpuUsage()
  const chain = new HeaderChain(REGTEST, { where: 'headers' })
  chain.append(headers)
  chain.assertWork()
  reportFigures({ blocks: chain.height, headersPerCpuSecond: chain.height / cpuSecondsSince(cpu) })
}

async function bench(accounts: number, outputs: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
  try {
    const cpu = process.cpuUsage()
    if (outputs > 0) await writeMadeUpReserves(folder, { accounts, outputs })
    else await writeMadeUpEvm(folder, accounts)
    const { size } = await stat(join(folder, RESERVES_PATHS.evidence))
    reportFigures({
      accounts,
      outputs: accounts * outputs,
      fileMiB: size / 2 ** 20,
      cpuSecondsToMake: cpuSecondsSince(cpu),
    })
    const { code, said } = await run(process.execPath, [
      ...process.execArgv,
      fileURLToPath(import.meta.url),
      CHECK,
      folder,
    ])
    console.log(said.trimEnd())
    process.exitCode = code ?? 1
  } finally {
    await rm(folder, { recursive: true })
  }
}

const [first, second] = benchWords
if (first === CHECK) await check(second!)
else if (first === HEADERS) checkHeaders(Number(second ?? 200_000))
else await bench(Number(first ?? 100_000), Number(second ?? 10))
