// purchases/batch: many sales in one call, each for itself.
import { deepEqual, equal, ok, test } from './lib.mjs'
import { buy, join_, long, openShop, refused, refuseAll, sale } from './shop.mjs'

const batch = async (s, purchases, options) => {
  const r = await s.post('/v1/purchases/batch', { purchases }, { idempotency: null, ...options })
  equal(r.status, 200, r.text)
  return r.json.results
}

test('each sale of a batch has its own answer, in the order of the request', async () => {
  const shop = await openShop()
  const { s } = shop
  const [one, other] = [await join_(s), await join_(s)]
  const known = sale(one, 300)
  const told = await s.post('/v1/purchases', known, { idempotency: null })
  const bare = { member: one, store: 'TPE01', total_minor: 100 }
  const results = await batch(s, [
    sale(one, 580), known, { ...known, total_minor: 1 }, sale('phone:0999999999', 5), { ...bare, key: 'k-1' },
    bare, sale(other, -1), { ...sale(other, 5), colour: 'red' }, 7, sale(other, 1000)
  ])
  deepEqual(results.map((r) => r.status), [201, 201, 409, 404, 201, 400, 400, 400, 400, 201])
  deepEqual(results.map((r) => r.problem?.code ?? null), [null, null, 'purchase.receipt_differs',
    'member.unknown', null, 'purchase.receipt_missing', 'request.invalid', 'request.invalid',
    'request.invalid', null])
  deepEqual(results.map((r) => r.replayed).slice(0, 2), [false, true])
  deepEqual(results[1].answer, told.json)
  deepEqual(results[6].problem.errors, [{ pointer: '/total_minor', detail: 'must be at least 0' }])
  equal(results[3].problem.errors[0].pointer, '/member')
  equal(results[2].problem.title, '這張收據號碼已登錄為不同的交易。')
  equal((await s.get(`/v1/purchases/${results[0].answer.id}`)).json.total_minor, 580)
  equal((await s.get(`/v1/members/${other}/balances`)).json.data[0].available, 10)
  equal(shop.sql("SELECT COUNT(*) FROM note WHERE what = 'purchase.receipt_differs'"), '1')
})

test('a batch told again repeats each answer and writes nothing', async () => {
  const shop = await openShop()
  const id = await join_(shop.s)
  const purchases = Array.from({ length: 50 }, (_, i) => sale(id, 100 + i))
  const first = await batch(shop.s, purchases)
  ok(first.every((r) => r.status === 201 && !r.replayed))
  const before = shop.counts()
  const again = await batch(shop.s, purchases)
  ok(again.every((r) => r.replayed))
  deepEqual(again.map((r) => r.answer), first.map((r) => r.answer))
  deepEqual(shop.counts(), before)
  const single = await shop.s.post('/v1/purchases', purchases[7], { idempotency: null })
  deepEqual(single.json, first[7].answer)
})

test('a thousand sales in one call, while tills go on', async () => {
  const { s } = await openShop()
  const members = await Promise.all(Array.from({ length: 40 }, () => join_(s)))
  const purchases = Array.from({ length: 1000 }, (_, i) => sale(members[i % 40], 100))
  const running = batch(s, purchases)
  const till = await buy(s, members[0], 100)
  const results = await running
  equal(results.filter((r) => r.status === 201).length, 1000)
  ok(till.id)
  const total = await Promise.all(members.map(async (id) =>
    (await s.get(`/v1/members/${id}/balances`)).json.data[0].available))
  equal(total.reduce((sum, n) => sum + n, 0), 1001)
})

test('what is wrong with a batch as a whole is refused as a whole', async () => {
  const shop = await openShop()
  const one = sale(await join_(shop.s), 5)
  await refuseAll(shop, { path: '/v1/purchases/batch', good: { purchases: [one] }, options: { idempotency: null } }, [
    [{ purchases: null }, 400, 'request.invalid', '/purchases'],
    [{ purchases: [] }, 400, 'request.invalid', '/purchases'],
    [{ purchases: {} }, 400, 'request.invalid', '/purchases'],
    [{ purchases: 'all' }, 400, 'request.invalid', '/purchases'],
    [{ purchases: Array(1001).fill({}) }, 400, 'request.invalid', '/purchases'],
    [{ sales: [] }, 400, 'request.invalid', '/sales']
  ])
})

test('a batch keeps within the store of its key', async () => {
  const shop = await openShop({ keys: { south: { store: 'KHH01' } } })
  const id = await join_(shop.s)
  const results = await batch(shop.s, [sale(id, 5), sale(id, 5, { store: 'KHH01' })], { key: shop.keys.south })
  deepEqual(results.map((r) => r.status), [403, 201])
  equal(results[0].problem.code, 'store.other')
})

test('a batch of the largest rubbish harms nobody', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const rubbish = `[${'0,'.repeat(480000)}0]`
  refused(await s.post('/v1/purchases/batch', undefined, { raw: `{"purchases":${rubbish}}` }), 400, 'request.invalid')
  const good = Array.from({ length: 900 }, () => JSON.stringify(sale(id, 1000))).join(',')
  const r = await s.post('/v1/purchases/batch', undefined,
    { raw: `{"purchases":[{"x":[${'0,'.repeat(430000)}0]},${good}]}` })
  equal(r.status, 200, r.text)
  equal(r.json.results[0].status, 400)
  ok(r.json.results.slice(1).every((one) => one.status === 201 || one.status === 503))
  const many = Array.from({ length: 1000 }, () => ({ member: id, [long(20)]: 1, [long(21)]: 2, [long(22)]: 3 }))
  ok((await batch(s, many)).every((one) => one.problem.errors.length === 5))
})
