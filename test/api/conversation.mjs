// conversation.mjs -- the examples of docs/API.md, taken from a running server.
//   node test/api/conversation.mjs           prints them
//   node test/api/conversation.mjs --write   puts them into docs/API.md, between its two marks
//
// REGULARS_BIN is the program.  The clock of the shop stands at a day in May 2026; ids are new ones
// every time.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './contract.mjs'
import { openShop, setup } from './shop.mjs'

const out = []
let before = ''
const say = (text) => out.push(text, '')
const pretty = (value) => JSON.stringify(value, null, 2)
  .replace(/\{\n\s+"unit[^{}]*\}/g, (one) => one.replace(/\s+/g, ' '))
  .replace(/\{\n\s+("level"|"sku"|"method"|"pointer"|"n")[^{}[\]]*\}/g, (one) => one.replace(/\s+/g, ' '))

async function exchange(s, method, path, body, options = {}) {
  const r = await s.send(method, path, body, { idempotency: null, ...options })
  const lines = [`${method} ${path} HTTP/1.1`, 'Authorization: Bearer rk_live_…']
  if (options.idempotency) lines.push(`Idempotency-Key: ${options.idempotency}`)
  if (body !== undefined) lines.push('Content-Type: application/json', '', pretty(body))
  const answer = [`HTTP/1.1 ${r.status}`, `Content-Type: ${r.headers['content-type']}`]
  for (const name of ['Location', 'Idempotency-Replayed'])
    if (r.headers[name.toLowerCase()]) answer.push(`${name}: ${r.headers[name.toLowerCase()]}`)
  const shown = r.text === before ? '(the same bytes)' : pretty(r.json)
  const asked = r.text === before ? [lines[0], '', '(the same request)'] : lines
  before = r.text
  say(['```http', ...asked, '```', '', '```http', ...answer, '', shown, '```'].join('\n'))
  return r.json
}

const { s } = await openShop({ now: '2026-05-05T14:00',
  setup: { ...setup, rules: setup.rules.filter((rule) => rule.name !== '單筆滿千貼標') } })
const joined = await s.post('/v1/members', { phone: '0912-345-678', name: '林美玲' })
await s.post('/v1/purchases', { member: joined.json.id, store: 'TPE01', receipt: 'AB-10000001', total_minor: 4600,
  at: '2026-05-03T15:10:00+08:00' }, { idempotency: null })

say('**The member says a phone number.** The till asks who that is.')
await exchange(s, 'POST', '/v1/members/identify', { phone: '0912345678' })

say('**The sale is paid.** The till tells it, with the receipt as it was printed.')
const body = { member: joined.json.id, store: 'TPE01', till: '2', receipt: 'AB-10000002',
  at: '2026-05-05T14:00:00+08:00', total_minor: 580,
  lines: [{ sku: '珍珠奶茶-大', quantity: 4, net_minor: 260 }, { sku: '茶葉蛋糕', quantity: 2, net_minor: 320 }],
  payments: [{ method: 'mobile', wallet: 'linepay', amount_minor: 580 }],
  channel: 'counter', identified_by: 'phone' }
const sold = await exchange(s, 'POST', '/v1/purchases', body)

say('**The answer was lost on the way.** The till tells the same sale again: nothing is done, and the first ' +
  'answer comes, byte for byte.')
await exchange(s, 'POST', '/v1/purchases', body)

say('**The same receipt with another amount** is no repeat. It is refused, and noted for a person to see.')
await exchange(s, 'POST', '/v1/purchases', { ...body, total_minor: 850, lines: undefined })

say('**A cake comes back.** What followed from the sale is judged anew as if only the rest had been sold: ' +
  'the silver card, which the sale had reached, and the gift that came with it go too.')
await exchange(s, 'POST', `/v1/purchases/${sold.id}/returns`,
  { lines: [{ n: 1, quantity: 2 }], reason: '顧客改變主意' }, { idempotency: 'till2-20260505-0007' })

say('**A sale arrives late:** another till was off-line two days ago. It counts at its own date, so what came ' +
  'after it changes, and the answer says how.')
await exchange(s, 'POST', '/v1/purchases', { member: 'phone:0912345678', store: 'TPE01', till: '3',
  receipt: 'AB-10000003', at: '2026-05-03T16:40:00+08:00', total_minor: 900 })

say('**What became of the first sale** can be asked at any time, with each booking and its reason.')
await exchange(s, 'GET', `/v1/purchases/${sold.id}`)

await s.stop()
const text = out.join('\n').trimEnd()
if (process.argv[2] === '--write') {
  const file = join(root, 'docs', 'API.md')
  const [begin, end] = ['<!-- conversation -->', '<!-- end of conversation -->']
  const doc = readFileSync(file, 'utf8')
  const from = doc.indexOf(begin) + begin.length, to = doc.indexOf(end)
  if (from < begin.length || to < from) throw new Error(`${file} has not its two marks`)
  writeFileSync(file, `${doc.slice(0, from)}\n\n${text}\n\n${doc.slice(to)}`)
} else {
  console.log(text)
}
process.exit(0)
