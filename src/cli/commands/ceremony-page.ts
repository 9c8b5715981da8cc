import type { Command } from 'commander'
import { command } from '../command.js'
import { forceOption, outOption } from '../options.js'
import { pageText } from '../page.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

export function ceremonyPageCommand(): Command {
  return command('page', {
    description: 'Write the page with which people contribute in a browser.',
    options: [outOption('the page'), forceOption()],
    notes: [
      'It is one file, for a web server or a USB stick. It opens no connection: whoever contributes chooses the folder of the ceremony, and saves what `ceremony contribute` would write.',
    ],
    examples: ['plimsoll ceremony page --out contribute.html'],
  }).action(async (options: { out: string; force?: boolean; json?: boolean }) => {
    const { out, force } = options
    const { pageView } = await import('../views/ceremony.js')
    await writeResult(out, await pageText('contribute'), force)
    createUi(options).result({ out }, () => pageView(out))
  })
}
