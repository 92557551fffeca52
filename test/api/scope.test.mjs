// Keys that are bound: to one store, or to the stores of a company.
import { deepEqual, equal, test } from './lib.mjs'
import { join_, openShop, refused, sale } from './shop.mjs'

const setup = {
  company: [{ code: 'main', name: '總公司' }, { code: 'other', name: '加盟主' }],
  stores: [{ code: 'M1', name: '直營一店', company: 'main' }, { code: 'O1', name: '加盟一店', company: 'other' },
    { code: 'O2', name: '加盟二店', company: 'other' }],
  units: [{ code: 'point', name: '點', valid_days: 365 }],
  rules: [{ name: '滿百送一', on: 'purchase', then: [{ 'points.grant': { unit: 'point', amount: { per: 100, give: 1 } } }] }]
}

test('a key of a company works in its stores, and knows of no others', async () => {
  const shop = await openShop({ setup, keys: { franchise: { company: 'other' }, o1: { store: 'O1' } } })
  const { s } = shop
  const id = await join_(s)
  const at = (store, key) => s.post('/v1/purchases', sale(id, 500, { store }), { idempotency: null, key })
  const made = {}
  for (const store of ['M1', 'O1', 'O2']) made[store] = (await at(store)).json.id
  refused(await at('M1', shop.keys.franchise), 403, 'store.other')
  equal((await at('O2', shop.keys.franchise)).status, 201)
  refused(await at('O2', shop.keys.o1), 403, 'store.other')

  const seen = async (key) => {
    const sales = (await s.get(`/v1/members/${id}/purchases`, { key })).json.data.map((one) => one.store)
    const postings = (await s.get(`/v1/members/${id}/postings`, { key })).json.data.map((one) => one.store)
    const lots = (await s.get(`/v1/members/${id}/lots`, { key })).json.data.length
    const events = (await s.get(`/v1/members/${id}/events`, { key })).json.data
      .filter((one) => one.name === 'purchase').map((one) => one.store)
    deepEqual(postings, sales)
    deepEqual(events, sales)
    equal(lots, sales.length)
    return sales.sort()
  }
  deepEqual(await seen(), ['M1', 'O1', 'O2', 'O2'])
  deepEqual(await seen(shop.keys.franchise), ['O1', 'O2', 'O2'])
  deepEqual(await seen(shop.keys.o1), ['O1'])

  const look = (store, key) => s.get(`/v1/purchases/${made[store]}`, { key })
  equal((await look('O1', shop.keys.franchise)).status, 200)
  refused(await look('M1', shop.keys.franchise), 404, 'purchase.unknown')
  const back = (store, key) => s.post(`/v1/purchases/${made[store]}/returns`, { reason: '不要了' }, { key })
  refused(await back('M1', shop.keys.franchise), 404, 'purchase.unknown')
  equal((await back('O2', shop.keys.franchise)).status, 201)
  refused(await s.post('/v1/units', { code: 'x', name: 'x' }, { key: shop.keys.franchise }), 403, 'auth.bound')
})

test('points are spent where the key is, and given back only where they were', async () => {
  const shop = await openShop({ setup, keys: { franchise: { company: 'other' }, o1: { store: 'O1' } } })
  const { s } = shop
  const id = await join_(s)
  await s.post('/v1/purchases', sale(id, 5000, { store: 'M1' }), { idempotency: null })
  const spend = (body, key) => s.post(`/v1/members/${id}/spends`, { unit: 'point', amount: 5, ...body }, { key })
  equal((await spend({}, shop.keys.o1)).json.store, 'O1')
  refused(await spend({ store: 'M1' }, shop.keys.franchise), 403, 'store.other')
  const there = (await spend({ store: 'O2' }, shop.keys.franchise)).json
  equal(there.store, 'O2')
  refused(await s.post(`/v1/spends/${there.id}/reverse`, { reason: '取消' }, { key: shop.keys.o1 }), 404, 'spend.unknown')
  equal((await s.post(`/v1/spends/${there.id}/reverse`, { reason: '取消' }, { key: shop.keys.franchise })).status, 201)
})
