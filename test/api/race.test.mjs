// Sixty-four at once for what only one can have: a few rounds here, as many as REGULARS_RACE_ROUNDS
// says; test/race runs a thousand.
import { randomUUID } from 'node:crypto'
import { equal, test } from './lib.mjs'
import { join_, openShop, refused, sale } from './shop.mjs'

const rounds = Number(process.env.REGULARS_RACE_ROUNDS ?? 20)
const clients = 64
const all = (body) => Promise.all(Array.from({ length: clients }, (_, i) => body(i)))

test(`the last points of a member are spent once, ${rounds} rounds of ${clients}`, async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let round = 0; round < rounds; round += 1) {
    await s.post(`/v1/members/${id}/adjustments`, { unit: 'point', amount: 10, reason: '回合' })
    const answers = await all(() => s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 10 }))
    equal(answers.filter((r) => r.status === 201).length, 1, `round ${round}`)
    for (const r of answers) if (r.status !== 201) refused(r, 409, 'points.insufficient', '/amount')
    equal((await s.get(`/v1/members/${id}/balances`)).json.data[0].available, 0)
  }
  const { data } = (await s.get(`/v1/members/${id}/postings?limit=200`)).json
  equal(data.filter((p) => p.kind === 'spend').length, Math.min(rounds, 100))
})

test(`one receipt told by ${clients} at once is one sale, in every round`, async () => {
  const shop = await openShop()
  const id = await join_(shop.s)
  const n = Math.ceil(rounds / 10)
  for (let round = 0; round < n; round += 1) {
    const body = sale(id, 100)
    const answers = await all(() => shop.s.post('/v1/purchases', body, { idempotency: null }))
    equal(new Set(answers.map((r) => r.text)).size, 1)
    equal(answers.filter((r) => r.status === 201).length, clients)
  }
  equal(shop.counts().purchase, String(n))
  equal((await shop.s.get(`/v1/members/${id}/balances`)).json.data[0].available, n)
})

test(`a sale comes back once, whoever of ${clients} returns it`, async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let round = 0; round < Math.ceil(rounds / 10); round += 1) {
    const bought = (await s.post('/v1/purchases', sale(id, 1000), { idempotency: null })).json
    const answers = await all(() => s.post(`/v1/purchases/${bought.id}/returns`, undefined,
      { idempotency: randomUUID() }))
    equal(answers.filter((r) => r.status === 201).length, 1)
    for (const r of answers) if (r.status !== 201) refused(r, 409, 'purchase.returned')
    equal((await s.get(`/v1/members/${id}/balances`)).json.data[0].available, 0)
  }
})
