import type { Text } from '../terminal/layout.js'
import { facts } from '../terminal/table.js'

/** The result of `init`. */
export function initView(
  { folder, files }: { folder: string; files: readonly string[] },
  example: boolean,
): Text {
  const config = folder === '.' ? '' : ` --config ${folder}/plimsoll.json`
  return facts([
    ['folder', folder],
    ['files', files.filter((path) => !path.startsWith('schemas/')).join(', ')],
    example
      ? ['next', `plimsoll epoch${config}`]
      : ['next', `fill them in as README.md says, then: plimsoll epoch${config}`],
  ])
}
