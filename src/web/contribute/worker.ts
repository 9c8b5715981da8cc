import { contributeTo, packError } from '../../proving/browser.js'
import type { Asked, Told } from './messages.js'

const tell = (told: Told) => postMessage(told)

addEventListener('message', async ({ data }: MessageEvent<Asked>) => {
  const { files, contributor, entropy } = data
  try {
    const made = await contributeTo(files, contributor, entropy, (what, share) =>
      tell({ kind: 'progress', what, share }),
    )
    tell({ kind: 'made', text: await made.files.get('attestation.txt')!.text(), files: made.files })
  } catch (error) {
    tell({ kind: 'failed', error: packError(error) })
  } finally {
    entropy.fill(0)
  }
})
