// Lists: newest first, page by page, nothing twice and nothing left out.
import { deepEqual, equal, test } from './lib.mjs'
import { buy, join_, openShop, refused } from './shop.mjs'

async function pages(s, path, limit) {
  const all = []
  let next = null
  do {
    const cursor = next ? `&cursor=${encodeURIComponent(next)}` : ''
    const r = await s.get(`${path}?limit=${limit}${cursor}`)
    equal(r.status, 200, r.text)
    all.push(...r.json.data)
    next = r.json.next
  } while (next)
  return all
}

test('each list gives the same page by page as at once', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let i = 0; i < 7; i += 1)
    await buy(s, id, 1000 + i, { at: `2026-02-0${1 + (i % 3)}T12:00:00+08:00` })
  for (const path of ['events', 'postings', 'purchases', 'lots'].map((p) => `/v1/members/${id}/${p}`)
    .concat(['/v1/units', '/v1/stores', '/v1/rules', '/v1/companies'])) {
    const whole = (await s.get(`${path}?limit=200`)).json
    equal(whole.next, null)
    for (const limit of [1, 2, 3]) deepEqual(await pages(s, path, limit), whole.data, path)
  }
})

test('lists are newest first', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (const day of ['02', '04', '01', '03']) await buy(s, id, 100, { at: `2026-02-${day}T12:00:00+08:00` })
  const at = (list) => list.map((one) => one.at)
  for (const path of ['events', 'postings', 'purchases']) {
    const { data } = (await s.get(`/v1/members/${id}/${path}`)).json
    deepEqual(at(data), at(data).sort().reverse(), path)
  }
})

test('a page stays whole while others add to the list', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  for (let i = 0; i < 4; i += 1) await buy(s, id, 100 + i)
  const first = (await s.get(`/v1/members/${id}/purchases?limit=2`)).json
  await buy(s, id, 999)
  const second = (await s.get(`/v1/members/${id}/purchases?limit=2&cursor=${first.next}`)).json
  deepEqual([...first.data, ...second.data].map((p) => p.total_minor), [103, 102, 101, 100])
})

test('a limit or cursor that cannot be is refused by its name', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const list = `/v1/members/${id}/events`
  for (const limit of ['0', '-1', '201', '1.5', 'x', '']) {
    const r = await s.get(`${list}?limit=${limit}`)
    refused(r, 400, 'request.parameter')
    equal(r.json.errors[0].parameter, 'limit')
  }
  for (const cursor of ['x', 'cur_x-1', `cur_${'0'.repeat(26)}`, `cur_${'z'.repeat(26)}-1`,
    `cur_${'0'.repeat(26)}-x`, `cur_${'0'.repeat(26)}-99999999999999999999`])
    refused(await s.get(`${list}?cursor=${cursor}`), 400, 'request.cursor')
  refused(await s.get(`${list}?cursor=`), 400, 'request.parameter')
})
