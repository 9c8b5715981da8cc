import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterFile } from './after-file.js'

const DEBIAN = '/usr/lib/postgresql'

/** Where the programs of PostgreSQL are: the newest that Debian has put here, or on the path. */
function programs(): string {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ]
  const found = folders.find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  )
  if (found !== undefined) return found
  throw new Error(
    'PostgreSQL is not installed, which the tests of queues need: apt-get install -y postgresql',
  )
}

/** Whom the server runs as: it refuses to run as root. */
function user(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const idOf = (what: string) => Number(execFileSync('id', [what, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A real server of PostgreSQL on a free port of this machine, in a folder of its own. */
export class Postgres {
  private child: ChildProcess | undefined

  private constructor(
    private readonly bin: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Starts one, which is gone after the test file. */
  static async start(): Promise<Postgres> {
    const bin = programs()
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-postgres-'))
    const { uid, gid } = user()
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
    const own = { uid, gid, cwd: folder, stdio: 'ignore' } as const
    const settings = ['--auth=trust', '--username=plimsoll', '--encoding=UTF8', '--locale=C', '--no-sync']
    execFileSync(join(bin, 'initdb'), [...settings, '--pgdata', join(folder, 'data')], own)
    const postgres = new Postgres(bin, folder, await freePort())
    afterFile(() => postgres.remove())
    await postgres.run()
    return postgres
  }

  /** The address of a database of its own, which is made for it. */
  async database(name: string): Promise<string> {
    const sql = `CREATE DATABASE ${name}`
    execFileSync('psql', ['-qc', sql, this.url('postgres')], { stdio: 'ignore' })
    return this.url(name)
  }

  /** Everything in a database, as text. */
  dump(url: string): string {
    return execFileSync('pg_dump', ['--inserts', url], { encoding: 'utf8', maxBuffer: 2 ** 30 })
  }

  query(url: string, sql: string): string {
    return execFileSync('psql', ['-Atqc', sql, url], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  }

  /** As by `kill -9`: the server, and with it everything that serves a connection. */
  async kill(): Promise<void> {
    const { child } = this
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** Kills it, and leaves nothing. */
  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Starts it, after `kill` on what was left. */
  async run(): Promise<void> {
    // What served connections of a killed server takes a moment to end, and none starts before.
    while (!(await this.attempt())) await setTimeout(100)
  }

  /** The address of a database. */
  url(database: string): string {
    return `postgres://plimsoll@127.0.0.1:${this.port}/${database}`
  }

  private async attempt(): Promise<boolean> {
    // The machine goes on when a process is killed, so what was written is there without a flush, too.
    const settings = ['-c', 'fsync=off', '-c', `port=${this.port}`, '-c', 'listen_addresses=127.0.0.1']
    const sockets = ['-c', `unix_socket_directories=${this.folder}`]
    const args = ['-D', join(this.folder, 'data'), ...settings, ...sockets]
    const child = spawn(join(this.bin, 'postgres'), args, { ...user(), cwd: this.folder, stdio: 'ignore' })
    this.child = child
    while (child.exitCode === null && child.signalCode === null) {
      try {
        this.query(this.url('postgres'), 'SELECT 1')
        return true
      } catch {
        await setTimeout(50)
      }
    }
    return false
  }
}
