import { packError } from '../../proving/browser.js'
import { check } from './check.js'
import type { Asked, Told } from './messages.js'

const tell = (told: Told) => postMessage(told)

addEventListener('message', async ({ data }: MessageEvent<Asked>) => {
  try {
    tell({ kind: 'answer', ...(await check(data, tell)) })
  } catch (error) {
    tell({ kind: 'failed', error: packError(error) })
  }
})
