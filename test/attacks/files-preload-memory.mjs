/** Loaded before a command: leaves the most memory that it had, in kibibytes, in the file MEMORY_FILE. */
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => writeFileSync(process.env.MEMORY_FILE, `${process.resourceUsage().maxRSS}`))
}
