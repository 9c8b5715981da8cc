import { endFileProperly } from './helpers/after-file.js'

endFileProperly()
