// verdict.mjs -- what the journal says against what the server says.
import { digest } from './journal.mjs'
import { tell } from './till.mjs'

const found = (verdict, kind, text) => {
  verdict[kind]++
  if (verdict.details.length < 20) verdict.details.push(`${kind}: ${text}`)
}
export const newVerdict = () => ({ lost: 0, doubled: 0, altered: 0, unstable: 0, unknown: 0,
  points: 0, details: [] })
export const isClean = (v) => v.details.length === 0

async function shown(shop, member) {
  const byReceipt = new Map()
  for (const p of await shop.purchases(member))
    byReceipt.set(p.receipt, [...(byReceipt.get(p.receipt) ?? []), p])
  return byReceipt
}

// The sales of one member: what is acknowledged there once, the rest at most once, nothing else.
function compare(verdict, sales, there, mustBe) {
  for (const sale of sales) {
    const rows = there.get(sale.receipt) ?? []
    there.delete(sale.receipt)
    if (rows.length === 0 && (sale.ack || mustBe)) found(verdict, 'lost', sale.receipt)
    if (rows.length > 1) found(verdict, 'doubled', `${sale.receipt} is there ${rows.length} times`)
    if (rows.some((r) => r.total_minor !== sale.amount_minor || r.status !== 'live'))
      found(verdict, 'altered', `${sale.receipt}: ${JSON.stringify(rows)}`)
  }
  for (const receipt of there.keys()) found(verdict, 'unknown', `nobody told ${receipt}`)
}

// Told again, twice: one stable answer; and the first one's bytes where the client has seen them.
async function resend(verdict, shop, sale) {
  const [one, two] = [await tell(shop, sale), await tell(shop, sale)]
  const isSame = one.text === two.text && (!sale.ack || digest(one.text) === sale.ack)
  if (one.status !== 201 || two.status !== 201 || !isSame)
    found(verdict, 'unstable',
      `${sale.receipt}: ${one.status} ${one.text} then ${two.status} ${two.text}`)
}

const pointsFor = (sales) => sales.reduce((sum, s) => sum + Math.floor(s.amount_minor / 100), 0)

// `again` of the acknowledged are told again as well.
async function judgeMember(verdict, shop, member, sales, again) {
  compare(verdict, sales, await shown(shop, member), false)
  const silent = sales.filter((s) => !s.ack)
  for (const sale of [...silent, ...sales.filter((s) => s.ack).slice(-again)])
    await resend(verdict, shop, sale)
  if (silent.length > 0) compare(verdict, sales, await shown(shop, member), true)
  const [is, wanted] = [await shop.points(member), pointsFor(sales)]
  if (is !== wanted) found(verdict, 'points', `${member} has ${is}, its sales give ${wanted}`)
}

function byMember(sales) {
  const out = new Map()
  for (const sale of sales) out.set(sale.member, [...(out.get(sale.member) ?? []), sale])
  return out
}

// Everybody of one run; afterwards every sale of it is there once.
export async function judge(verdict, shop, sales, again = 2) {
  for (const [member, own] of byMember(sales)) await judgeMember(verdict, shop, member, own, again)
}

// At the end all sales of all runs, once more, with nothing left open.
export async function judgeAll(verdict, shop, sales) {
  for (const [member, own] of byMember(sales))
    compare(verdict, own, await shown(shop, member), true)
}
