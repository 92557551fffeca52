// till.mjs -- tills that tell sales until the server is gone, and write down what they know.
import { digest } from './journal.mjs'
import { pause } from './shop.mjs'

// What a sale says, from its line in the journal: a re-send must be the same telling.  Half of them
// carry their moment, so that some arrive out of order; the others name their business date.
export function telling(sale) {
  const body = { member: sale.member, store: 'S1', till: '1', receipt: sale.receipt,
    total_minor: sale.amount_minor }
  const [field, value] = sale.when.split('=')
  return { ...body, [field]: value }
}

export const tell = (shop, sale) => shop.post('/v1/purchases', telling(sale))

// `when`: the moment for even numbers.
function makeSale(run, n) {
  const now = new Date()
  return { receipt: `${run.name}-${n}`, member: run.members[run.dice(run.members.length)],
    amount_minor: 1 + run.dice(20000),
    when: n % 2 === 0 ? `at=${now.toISOString()}` : `business_date=${run.today}` }
}

async function till(shop, journal, run) {
  while (!run.isOver) {
    const sale = makeSale(run, run.n++)
    await journal.put('INTENT', sale.receipt, sale.member, sale.amount_minor, sale.when)
    if (run.isOver) return
    const answer = await tell(shop, sale).catch(() => null)
    if (answer?.status === 201) {
      await journal.put('ACK', sale.receipt, digest(answer.text))
      run.acknowledged++
    } else if (answer && answer.status < 500) {
      run.refused.push(`${sale.receipt}: ${answer.status} ${answer.text}`)
    } else if (run.isOver) {
      return
    } else {
      await pause(5)                  // the database is away: a till asks again
    }
  }
}

// Tells sales on `tills` connections; resolves when all have seen the end.
export function tellSales(shop, journal, run, tills) {
  Object.assign(run, { n: 0, isOver: false, acknowledged: 0, refused: [] })
  return Promise.all(Array.from({ length: tills }, () => till(shop, journal, run)))
}
