// journal.mjs -- what the client knows, on disk before it acts on it:
//   INTENT receipt member amount_minor when      before a sale is sent
//   ACK receipt digest                           after its 2xx, with a digest of its bytes
// Many writers share one fdatasync, as the server's requests share one commit.
import { createHash } from 'node:crypto'
import { fdatasync, openSync, readFileSync, write } from 'node:fs'
import { promisify } from 'node:util'

const sync = promisify(fdatasync)
const append = promisify(write)

export const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 32)

export class Journal {
  constructor(file) {
    this.file = file
    this.fd = openSync(file, 'a')
    this.waiting = []
    this.isWriting = false
  }

  put(...words) {
    return new Promise((done, failed) => {
      this.waiting.push({ line: `${words.join(' ')}\n`, done, failed })
      if (!this.isWriting) this.flush()
    })
  }

  async flush() {
    this.isWriting = true
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0)
      try {
        await append(this.fd, batch.map((w) => w.line).join(''))
        await sync(this.fd)
        for (const w of batch) w.done()
      } catch (error) {
        for (const w of batch) w.failed(error)
      }
    }
    this.isWriting = false
  }

  // Every sale by its receipt, as the file says: { receipt, member, amount_minor, when, ack }.
  read() {
    const sales = new Map()
    for (const line of readFileSync(this.file, 'utf8').split('\n')) {
      const [word, receipt, ...rest] = line.split(' ')
      if (word === 'INTENT') {
        const [member, amount, when] = rest
        sales.set(receipt, { receipt, member, amount_minor: Number(amount), when, ack: null })
      } else if (word === 'ACK') {
        sales.get(receipt).ack = rest[0]
      }
    }
    return sales
  }
}
