import { mkdir, readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InputError } from '../../errors/index.js'
import { assertReplaceable, writeFileAtomic } from '../../files/index.js'
import { CONFIG_FILE, configSchema } from '../../inputs/index.js'
import { bySchema, formatJson } from '../../schema/index.js'
import type { Answers } from '../commands/init.js'

const START = fileURLToPath(new URL('../../../examples/start', import.meta.url))
const SCHEMAS = fileURLToPath(new URL('../../../schemas', import.meta.url))
const RESERVES = 'reserves.json'
const TEMPLATES = ['README.md', 'policy.json', RESERVES, 'risk.json', 'stress.json']
const SCHEMA_FILES = ['config', 'policy', 'reserves', 'risk-table', 'stress'].map(
  (name) => `${name}.schema.json`,
)

/**
 * Writes the files that a venue starts with. None is overwritten, unless it is the same: all are looked at
 * before the first is written.
 *
 * @returns their paths below the folder
 * @throws {InputError} `USAGE` for a name that no venue can have, `FILE_EXISTS`
 */
export async function writeStart(folder: string, answers: Answers & { example: boolean }): Promise<string[]> {
  const files = new Map<string, string>([[CONFIG_FILE, configText(answers)]])
  const templates = answers.example ? ['accounts.csv', ...TEMPLATES] : TEMPLATES
  for (const name of templates) files.set(name, await readFile(join(START, name), 'utf8'))
  for (const name of SCHEMA_FILES) files.set(`schemas/${name}`, await readFile(join(SCHEMAS, name), 'utf8'))
  files.set('.gitignore', ignored(answers))
  const list = [...files]
  for (const [path, text] of list) await assertReplaceable(join(folder, path), text)
  for (const [path, text] of list) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFileAtomic(join(folder, path), text)
  }
  return list.map(([path]) => path)
}

/** What has to stay out of a repository: all that is private, where the folder has it. */
function ignored({ accounts }: Answers): string {
  const own = [accounts, RESERVES, 'venue-key.json', 'private/'].map((path) => normalize(path))
  const below = own.filter((path) => !isAbsolute(path) && path.split(sep)[0] !== '..')
  // What a pattern would read otherwise stands for itself.
  return below
    .map(
      (path) =>
        `/${path
          .split(sep)
          .join('/')
          .replace(/[\\*?[\]]| $/g, '\\$&')}\n`,
    )
    .join('')
}

function configText({ venue, naming, accounts, instances, allStressed }: Answers): string {
  const plan = {
    ...(instances === undefined ? {} : { instances: [...instances] }),
    ...(allStressed === undefined ? {} : { allStressed }),
  }
  const config = {
    schema: 'plimsoll/config/1',
    venue,
    naming,
    files: {
      accounts,
      risk: 'risk.json',
      reserves: RESERVES,
      policy: 'policy.json',
      pins: 'pins.json',
    },
    folders: { public: 'public', private: 'private' },
    plan,
    target: null,
  }
  const read = bySchema(configSchema, config)
  if (read.fault === undefined) return formatJson({ $schema: './schemas/config.schema.json', ...config })
  throw new InputError('USAGE', read.fault.message, { where: `--${read.fault.field.replace(/^.*\./, '')}` })
}
