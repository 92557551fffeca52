// Companies, stores, units, rules, tiers: made, read, changed, each with its version.
import { deepEqual, equal, ok, test } from './lib.mjs'
import { balance, buy, join_, long, openShop, refused, refuseAll, setup } from './shop.mjs'

const kinds = [
  { path: '/v1/companies', unknown: 'company.unknown', taken: 'company.code_taken', id: 'cmp_',
    good: { code: 'other', name: '茶山股份有限公司', tax_id: '22099131' } },
  { path: '/v1/stores', unknown: 'store.unknown', taken: 'store.code_taken', id: 'sto_',
    good: { code: 'TXG01', name: '台中勤美店', kind: 'franchise', brand: '好茶', region: '中區',
      zone: 'Asia/Tokyo', day_cut_min: 240 } },
  { path: '/v1/units', unknown: 'unit.unknown', taken: 'unit.code_taken', id: 'uni_', dated: true,
    fixed: 'unit.code_fixed',
    good: { code: 'leaf', name: '茶葉', decimals: 1, available_after_days: 7, valid_days: 30,
      debt_policy: 'forgive', reversal_policy: 'revive', revive_days: 3 } },
  { path: '/v1/calendars', unknown: 'calendar.unknown', taken: 'calendar.code_taken', id: 'cal_', dated: true,
    good: { code: 'own', name: '品牌行事曆', days: [{ date: '2026-11-18', name: '週年慶', is: 'special' }] } }
]

test('configuration is made, read, listed and changed, with its version', async () => {
  const { s } = await openShop()
  for (const kind of kinds) {
    const made = await s.post(kind.path, kind.good)
    equal(made.status, 201, made.text)
    ok(made.json.id.startsWith(kind.id))
    equal(made.headers.etag, '"1"')
    equal(made.headers.location, `${kind.path}/${made.json.id}`)
    for (const [name, value] of Object.entries(kind.good)) deepEqual(made.json[name], value, name)
    const read = await s.get(`${kind.path}/${made.json.id}`)
    equal(read.text, made.text)
    equal((await s.get(`${kind.path}/${kind.good.code}`)).text, made.text)
    deepEqual((await s.get(kind.path)).json.data[0], made.json)

    const changed = await s.put(read.headers && `${kind.path}/${made.json.id}`,
      { ...kind.good, name: '改名' }, { headers: { 'if-match': read.headers.etag } })
    equal(changed.status, 200, changed.text)
    equal(changed.headers.etag, '"2"')
    deepEqual(changed.json, { ...made.json, version: 2, name: '改名',
      ...(kind.dated && { effective_at: changed.json.effective_at }) })
    equal((await s.get(`${kind.path}/${made.json.id}`)).text, changed.text)
  }
})

test('a change says what it was made from', async () => {
  const shop = await openShop()
  const { s } = shop
  for (const kind of kinds) {
    const made = await s.post(kind.path, kind.good)
    const path = `${kind.path}/${made.json.id}`
    const before = JSON.stringify(shop.counts())
    refused(await s.put(path, kind.good), 428, 'version.missing')
    for (const match of ['"2"', '"0"', '"x"', '*', '7'])
      refused(await s.put(path, kind.good, { headers: { 'if-match': match } }), 412, 'version.mismatch')
    refused(await s.get(`${kind.path}/nothing`), 404, kind.unknown)
    refused(await s.get(`${kind.path}/${kind.id}0000000000000`), 404, kind.unknown)
    refused(await s.put(`${kind.path}/${kind.id}0000000000000`, kind.good, { headers: { 'if-match': '"1"' } }),
      404, kind.unknown)
    equal((await s.get(path)).text, made.text)
    equal(JSON.stringify(shop.counts()), before)
  }
})

test('two changes at once from one version: one of them is made', async () => {
  const { s } = await openShop()
  for (const kind of kinds) {
    const made = await s.post(kind.path, kind.good)
    const all = await Promise.all(Array.from({ length: 8 }, (_, i) => s.put(`${kind.path}/${made.json.id}`,
      { ...kind.good, name: `名 ${i}` }, { headers: { 'if-match': '"1"' } })))
    equal(all.filter((r) => r.status === 200).length, 1)
    for (const r of all.filter((one) => one.status !== 200)) refused(r, 412, 'version.mismatch')
  }
})

test('who comes second with a change is told both, what is there and what was to be', async () => {
  const { s } = await openShop()
  for (const kind of kinds) {
    const made = await s.post(kind.path, kind.good)
    const path = `${kind.path}/${made.json.id}`
    equal((await s.put(path, { ...kind.good, name: '先' }, match(1))).status, 200)
    const late = await s.put(path, { ...kind.good, name: '後' }, match(1))
    refused(late, 412, 'version.mismatch')
    deepEqual(late.json.current, (await s.get(path)).json)
    equal(late.json.current.name, '先')
    equal(late.json.told.name, '後')
    equal(late.json.told.version, 1)
    equal(late.json.told.id, made.json.id)
  }
})

test('every version is kept, with who published it and when', async () => {
  const { s } = await openShop()
  const all = [...kinds, { path: '/v1/rules', good: rule }]
  for (const kind of all) {
    const made = await s.post(kind.path, kind.good)
    const path = `${kind.path}/${made.json.id}`
    for (const version of [1, 2])
      equal((await s.put(path, { ...kind.good, name: `第 ${version + 1} 版` }, match(version))).status, 200)
    const { data, next } = (await s.get(`${path}/versions`)).json
    equal(next, null)
    deepEqual(data.map((v) => [v.version, v.name, v.archived]),
      [[3, '第 3 版', false], [2, '第 2 版', false], [1, kind.good.name, false]])
    for (const v of data) ok(v.by.startsWith('key_'), v.by)
    ok(data[0].published_at >= data[1].published_at)
    const first = (await s.get(`${path}/versions?limit=2`)).json
    const rest = (await s.get(`${path}/versions?limit=2&cursor=${first.next}`)).json
    deepEqual([...first.data, ...rest.data], data)
  }
  const ladders = (await s.get('/v1/tiers/versions')).json.data
  deepEqual(ladders.map((v) => [v.version, v.by]), [[1, 'system']])
})

test('what others point to cannot be archived, and what is archived is changed no more', async () => {
  const { s } = await openShop()
  const archive = (path, version = 1) => s.post(`${path}/archive`, {}, match(version))
  const company = (await s.post('/v1/companies', kinds[0].good)).json
  const store = (await s.post('/v1/stores', { ...kinds[1].good, company: 'other' })).json
  const paths = { company: `/v1/companies/${company.id}`, store: `/v1/stores/${store.id}` }
  deepEqual((await s.get(`${paths.company}/uses`)).json.data,
    [{ kind: 'store', id: store.id, name: store.name, path: paths.store }])
  const used = await archive(paths.company)
  refused(used, 409, 'config.in_use')
  ok(used.json.detail.includes(store.name), used.json.detail)
  refused(await archive(paths.store, 2), 412, 'version.mismatch')
  refused(await s.post(`${paths.store}/archive`, {}), 428, 'version.missing')
  const gone = await archive(paths.store)
  equal(gone.status, 200, gone.text)
  deepEqual(gone.json, { ...store, version: 2, archived: true })
  refused(await s.put(paths.store, kinds[1].good, match(2)), 409, 'config.archived')
  refused(await archive(paths.store, 2), 409, 'config.archived')
  equal((await archive(paths.company)).status, 200)
  equal((await s.get(paths.company)).json.archived, true)
  refused(await s.post('/v1/stores', { ...kinds[1].good, code: 'late', company: 'other' }), 409, 'config.archived')
  refused(await s.post('/v1/companies', kinds[0].good), 409, 'company.code_taken')
})

test('an archived rule gives no more, and its unit can go then', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const unit = (await s.post('/v1/units', kinds[2].good)).json
  const made = (await s.post('/v1/rules', { ...rule, name: '送茶葉',
    then: [{ 'points.grant': { unit: 'leaf', amount: 5 } }] })).json
  const path = { rule: `/v1/rules/${made.id}`, unit: `/v1/units/${unit.id}` }
  const given = async () => (await buy(s, id, 200)).earned.some((e) => e.name === '送茶葉')
  ok(await given())
  refused(await s.post(`${path.unit}/archive`, {}, match(1)), 409, 'config.in_use')
  equal((await s.post(`${path.rule}/archive`, {}, match(1))).status, 200)
  ok(!(await given()))
  deepEqual((await s.get(`${path.unit}/uses`)).json.data, [])
  equal((await s.post(`${path.unit}/archive`, {}, match(1))).status, 200)
  ok((await s.get(`/v1/members/${id}/balances`)).json.data.some((b) => b.unit === 'leaf'))
  refused(await s.post('/v1/rules', { ...rule, then: [{ 'points.grant': { unit: 'leaf', amount: 5 } }] }),
    409, 'config.archived')
})

test("a unit's version says how long points live that were given while it held", async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const point = (await s.get('/v1/units/point')).json
  const { id: _, version, archived, effective_at, ...doc } = point
  const ends = async () => (await s.get(`/v1/members/${id}/lots`)).json.data[0].expires_at
  await buy(s, id, 200)
  const before = await ends()
  const soon = await s.put('/v1/units/point', { ...doc, valid_days: 3 }, match(version))
  equal(soon.status, 200, soon.text)
  await buy(s, id, 200)
  ok(await ends() < before)
  const later = await s.put('/v1/units/point', { ...doc, valid_days: 700,
    effective_at: new Date(Date.now() + 3600e3).toISOString() }, match(version + 1))
  equal(later.status, 200, later.text)
  await buy(s, id, 200)
  ok(await ends() < before)
})

test('a code belongs to one', async () => {
  const shop = await openShop()
  for (const kind of kinds) {
    const made = await shop.s.post(kind.path, kind.good)
    const other = await shop.s.post(kind.path, { ...kind.good, code: 'second' })
    equal(other.status, 201, other.text)
    await refuseAll(shop, { path: kind.path, good: kind.good }, [[{}, 409, kind.taken, '/code']])
    await refuseAll(shop, { method: 'PUT', path: `${kind.path}/${made.json.id}`, good: kind.good,
      options: { headers: { 'if-match': '"1"' } } }, [[{ code: 'second' }, 409, kind.fixed ?? kind.taken, '/code']])
  }
})

test('what is wrong with configuration is said with its place', async () => {
  const shop = await openShop()
  const common = [
    [{ code: null }, 400, 'request.invalid', '/code'],
    [{ code: '' }, 400, 'request.invalid', '/code'],
    [{ code: long(65) }, 400, 'request.invalid', '/code'],
    [{ name: null }, 400, 'request.invalid', '/name'],
    [{ name: 7 }, 400, 'request.invalid', '/name'],
    [{ name: long(201) }, 400, 'request.invalid', '/name'],
    [{ colour: 'red' }, 400, 'request.invalid', '/colour'],
    [{ id: 'x' }, 400, 'request.invalid', '/id']
  ]
  for (const kind of kinds) await refuseAll(shop, kind, common)
  await refuseAll(shop, kinds[0], [
    [{ tax_id: 12345675 }, 400, 'request.invalid', '/tax_id'],
    ...['12345678', '22099132', '2209913', '00000000', 'A2099131'].map(tax_id =>
      [{ tax_id }, 400, 'company.tax_id', '/tax_id'])])
  await refuseAll(shop, kinds[1], [
    [{ kind: 'kiosk' }, 400, 'request.invalid', '/kind'],
    [{ zone: 'Mars/Base' }, 400, 'store.zone_unknown', '/zone'],
    [{ company: 'nobody' }, 404, 'company.unknown', '/company'],
    [{ company: 'cmp_0000000000000' }, 404, 'company.unknown', '/company'],
    [{ day_cut_min: 1440 }, 400, 'request.invalid', '/day_cut_min'],
    [{ day_cut_min: -1 }, 400, 'request.invalid', '/day_cut_min']
  ])
  await refuseAll(shop, kinds[2], [
    [{ decimals: 3 }, 400, 'request.invalid', '/decimals'],
    [{ decimals: -1 }, 400, 'request.invalid', '/decimals'],
    [{ valid_days: -1 }, 400, 'request.invalid', '/valid_days'],
    [{ valid_days: 36501 }, 400, 'request.invalid', '/valid_days'],
    [{ debt_policy: 'maybe' }, 400, 'request.invalid', '/debt_policy'],
    [{ reversal_policy: 'maybe' }, 400, 'request.invalid', '/reversal_policy'],
    [{ revive_days: 0 }, 400, 'unit.revive_days', '/revive_days']
  ])
  const made = await shop.s.post('/v1/units', kinds[2].good)
  await refuseAll(shop, { method: 'PUT', path: `/v1/units/${made.json.id}`, good: kinds[2].good,
    options: { headers: { 'if-match': '"1"' } } }, [
    [{ decimals: 0 }, 409, 'unit.decimals_fixed', '/decimals'],
    [{ code: 'other' }, 409, 'unit.code_fixed', '/code']
  ])
})

test("a company's number is kept as eight digits", async () => {
  const { s } = await openShop()
  const made = await s.post('/v1/companies', { code: 'n', name: 'n', tax_id: ' ２２０９９１３１' })
  equal(made.json?.tax_id, '22099131', made.text)
  const put = await s.put(`/v1/companies/${made.json.id}`, { code: 'n', name: 'n', tax_id: '04595252 ' },
    { headers: { 'if-match': '"1"' } })
  equal(put.json?.tax_id, '04595252', put.text)
  const bad = await s.put(`/v1/companies/${made.json.id}`, { code: 'n', name: 'n', tax_id: '04595253' },
    { headers: { 'if-match': '"2"' } })
  refused(bad, 400, 'company.tax_id', '/tax_id')
  equal((await s.get(`/v1/companies/${made.json.id}`)).json.tax_id, '04595252')
})

test('a store belongs to the company it names, or to the first', async () => {
  const { s } = await openShop()
  const first = (await s.get('/v1/companies')).json.data[0].id
  const other = (await s.post('/v1/companies', kinds[0].good)).json
  const store = (code, more) => s.post('/v1/stores', { code, name: code, ...more })
  equal((await store('a')).json.company, first)
  equal((await store('b', { company: other.id })).json.company, other.id)
  equal((await store('c', { company: 'other' })).json.company, other.id)
})

test('a calendar takes over the days of a list, and what it says itself goes before', async () => {
  const shop = await openShop()
  const { s } = shop
  const made = await s.post('/v1/calendars', { code: 'office', name: '辦公日曆', include: 'tw_office',
    days: [{ date: '2026-06-19', name: '端午照常', is: 'workday' }] })
  equal(made.status, 201, made.text)
  const on = (date) => made.json.days.filter((d) => d.date === date).map((d) => [d.name, d.is])
  deepEqual(on('2026-02-17'), [['春節', 'holiday']])
  deepEqual(on('2025-02-08'), [['補行上班日', 'workday']])
  deepEqual(on('2026-06-19'), [['端午照常', 'workday']])
  deepEqual(made.json.days, made.json.days.toSorted((a, b) => (a.date < b.date ? -1 : 1)))
  await refuseAll(shop, { path: '/v1/calendars', good: { code: 'x', name: 'x' } }, [
    [{ include: 'moon' }, 400, 'calendar.list_unknown', '/include'],
    [{ days: [{ date: '2026-01-01', name: 'a', is: 'holiday' }, { date: '2026-01-01', name: 'b', is: 'workday' }] },
      400, 'calendar.day_twice', '/days/1/date'],
    [{ days: [{ date: '2026-02-30', name: 'a', is: 'holiday' }] }, 400, 'request.invalid', '/days/0/date'],
    [{ days: [{ date: '2026-01-01', name: 'a', is: 'feast' }] }, 400, 'request.invalid', '/days/0/is']
  ])
})

// ---- rules ----

const rule = { name: '會員日六倍', on: 'purchase', kind: 'bonus',
  when: { '>=': [{ var: 'purchase.total_minor' }, 100] },
  then: [{ 'points.grant': { unit: 'point', amount: { per: 100, give: 5 } } }] }

test('a rule is in force when it has been answered, and no longer when archived', async () => {
  const { s } = await openShop()
  const id = await join_(s)
  const made = await s.post('/v1/rules', rule)
  equal(made.status, 201, made.text)
  equal(made.headers.etag, '"1"')
  for (const [name, value] of Object.entries(rule)) deepEqual(made.json[name], value)
  equal(balance(await buy(s, id, 200), 'point'), 12)
  const path = `/v1/rules/${made.json.id}`
  deepEqual((await s.get(path)).json, made.json)
  deepEqual((await s.get('/v1/rules?limit=1')).json.data[0], made.json)
  const match = (version) => ({ headers: { 'if-match': `"${version}"` } })
  const more = await s.put(path, { ...rule, name: '會員日十倍',
    then: [{ 'points.grant': { unit: 'point', amount: { per: 100, give: 9 } } }] }, match(1))
  equal(more.json?.version, 2, more.text)
  equal((await buy(s, id, 200)).earned.find((e) => e.name === '會員日十倍').amount, 18)
  equal((await s.put(path, { ...rule, status: 'archived' }, match(2))).json.version, 3)
  equal((await buy(s, id, 200)).earned.length, 1)
  refused(await s.put(path, rule, match(2)), 412, 'version.mismatch')
  refused(await s.put(path, rule), 428, 'version.missing')
  refused(await s.put('/v1/rules/rul_0000000000000', rule, match(1)), 404, 'rule.unknown')
  refused(await s.get('/v1/rules/rul_x'), 404, 'rule.unknown')
})

test('what is wrong with a rule is said with its place in the tree, all of it', async () => {
  const shop = await openShop()
  await refuseAll(shop, { path: '/v1/rules', good: rule }, [
    [{ name: null }, 400, 'rule.invalid', '/name'],
    [{ name: 7 }, 400, 'rule.invalid', '/name'],
    [{ name: long(201) }, 400, 'rule.invalid', '/name'],
    [{ on: null }, 400, 'rule.invalid', '/on'],
    [{ on: 'full.moon' }, 400, 'rule.invalid', '/on'],
    [{ then: null }, 400, 'rule.invalid', '/then'],
    [{ then: [] }, 400, 'rule.invalid', '/then'],
    [{ then: [{ 'points.burn': {} }] }, 400, 'rule.invalid', '/then/0'],
    [{ then: [{ 'points.grant': { unit: 'nothing', amount: 1 } }] }, 400, 'rule.invalid',
      '/then/0/points.grant/unit'],
    [{ then: [{ 'points.grant': { unit: 'point', amount: -1 } }] }, 400, 'rule.invalid',
      '/then/0/points.grant/amount'],
    [{ then: [{ 'tag.add': {} }] }, 400, 'rule.invalid', '/then/0/tag.add/tag'],
    [{ when: { '>=': [{ var: 'purchase.weight' }, 1] } }, 400, 'rule.invalid'],
    [{ when: { '>=': [{ var: 'purchase.total_minor' }, 'many'] } }, 400, 'rule.invalid'],
    [{ when: { flip: [1] } }, 400, 'rule.invalid'],
    [{ kind: 'other' }, 400, 'rule.invalid', '/kind'],
    [{ status: 'draft' }, 400, 'rule.invalid', '/status'],
    [{ priority: 1001 }, 400, 'rule.invalid', '/priority'],
    [{ active: { weekdays: [8] } }, 400, 'rule.invalid', '/active/weekdays'],
    [{ active: { from: 'monday' } }, 400, 'rule.invalid', '/active/from'],
    [{ effective_at: 'soon' }, 400, 'request.invalid', '/effective_at'],
    [{ budget: 5 }, 400, 'request.invalid', '/budget'],
    [{ when: { in: [long(70000), [long(9)]] } }, 400, 'config.too_large', '']
  ])
  const both = await shop.s.post('/v1/rules', { name: rule.name, on: 'full.moon', then: [] })
  deepEqual(both.json.errors.map((e) => e.pointer).sort(), ['/on', '/then'])
})

// ---- the ladder ----

const ladder = { levels: [{ code: 'green', name: '綠卡', threshold_minor: 300 }], window_days: 365, term_days: 365 }
const match = (version) => ({ headers: { 'if-match': `"${version}"` } })

test('a ladder is put from version 0 on, and in force when it has been answered', async () => {
  const { s } = await openShop({ setup: { company: { code: 'main', name: '好茶' }, stores: [{ code: 'TPE01', name: '店' }],
    units: [{ code: 'point', name: '點' }] } })
  deepEqual((await s.get('/v1/tiers')).json, { version: 0, effective_at: null })
  const first = await s.put('/v1/tiers', ladder, match(0))
  equal(first.status, 200, first.text)
  equal(first.headers.etag, '"1"')
  deepEqual((await s.get('/v1/tiers')).json, first.json)
  equal((await buy(s, await join_(s), 300)).tier.code, 'green')
  refused(await s.put('/v1/tiers', ladder, match(0)), 412, 'version.mismatch')
  equal((await s.put('/v1/tiers', ladder, match(1))).json.version, 2)
})

test('levels come and go, and members keep what they hold', async () => {
  const { s } = await openShop()
  const { levels: [silver, gold], ...rest } = setup.tiers
  const put = (version, levels, more) => s.put('/v1/tiers', { ...rest, levels, ...more }, match(version))
  const tier = async (m) => (await s.get(`/v1/members/${m}/tier`)).json
  const m = await join_(s)
  await buy(s, m, gold.threshold_minor)
  equal((await tier(m)).level, 2)
  const bronze = { code: 'bronze', name: '銅卡', threshold_minor: 10 }
  equal((await put(1, [bronze, silver, gold])).status, 200)
  deepEqual([(await tier(m)).level, (await tier(m)).code], [3, gold.code])
  const without = await put(2, [bronze, silver], { removed: [{ code: gold.code, to: bronze.code }] })
  equal(without.status, 200, without.text)
  deepEqual((await s.get('/v1/tiers')).json.removed, [{ code: gold.code, to: bronze.code }])
  equal((await tier(m)).code, bronze.code)
  equal((await put(3, [bronze, silver])).status, 200)
  equal((await tier(m)).code, bronze.code)
  deepEqual((await tier(m)).changes.map((change) => [change.from, change.to]), [[null, gold.code]])
  refused(await put(4, [bronze], { removed: [{ code: 'jade' }] }), 400, 'tier.invalid', '/removed/0/code')
})

test('what is wrong with a ladder is said with its place', async () => {
  const shop = await openShop()
  const level = ladder.levels[0]
  await refuseAll(shop, { method: 'PUT', path: '/v1/tiers', good: ladder, options: match(1) }, [
    [{ levels: null }, 400, 'tier.invalid', '/levels'],
    [{ levels: [] }, 400, 'tier.invalid', '/levels'],
    [{ levels: Array(21).fill(level) }, 400, 'tier.invalid', '/levels'],
    [{ levels: [level, { ...level, code: 'x' }] }, 400, 'tier.invalid', '/levels/1/threshold_minor'],
    [{ levels: [{ ...level, threshold_minor: -1 }] }, 400, 'tier.invalid', '/levels/0/threshold_minor'],
    [{ levels: [{ code: 'x' }] }, 400, 'tier.invalid', '/levels/0/name'],
    [{ levels: [level, { ...level, threshold_minor: 9000000 }] }, 400, 'tier.invalid', '/levels/1/code'],
    [{ removed: [{ code: level.code }] }, 400, 'tier.invalid', '/removed/0/code'],
    [{ removed: [{ code: 'x', to: 'y' }] }, 400, 'tier.invalid', '/removed/0/to'],
    [{ removed: [{ code: 'x' }, { code: 'x' }] }, 400, 'tier.invalid', '/removed/1/code'],
    [{ window_days: null }, 400, 'tier.invalid', '/window_days'],
    [{ window_days: 0 }, 400, 'tier.invalid', '/window_days'],
    [{ term_days: 'year' }, 400, 'tier.invalid', '/term_days'],
    [{ grace_days: -1 }, 400, 'tier.invalid', '/grace_days'],
    [{ renew: 'never' }, 400, 'tier.invalid', '/renew'],
    [{ down: 'two' }, 400, 'tier.invalid', '/down'],
    [{ effective_at: '2020-01-01T00:00:00Z' }, 400, 'tier.effective_past', '/effective_at'],
    [{ colour: 'red' }, 400, 'request.invalid', '/colour']
  ])
  refused(await shop.s.put('/v1/tiers', ladder), 428, 'version.missing')
})

test('a key of one store reads the configuration and changes none of it', async () => {
  const shop = await openShop({ keys: { north: { store: 'TPE01' } } })
  const key = { key: shop.keys.north }
  const before = shop.counts()
  for (const kind of kinds) {
    const one = (await shop.s.get(kind.path, key)).json.data[0] ?? { id: 'any' }
    refused(await shop.s.post(kind.path, kind.good, key), 403, 'auth.bound')
    refused(await shop.s.put(`${kind.path}/${one.id}`, kind.good, { ...key, ...match(1) }), 403, 'auth.bound')
  }
  const [one] = (await shop.s.get('/v1/rules', key)).json.data
  refused(await shop.s.post('/v1/rules', rule, key), 403, 'auth.bound')
  refused(await shop.s.put(`/v1/rules/${one.id}`, rule, { ...key, ...match(1) }), 403, 'auth.bound')
  refused(await shop.s.put('/v1/tiers', ladder, { ...key, ...match(1) }), 403, 'auth.bound')
  deepEqual(shop.counts(), before)
})

test('the vocabulary of rules is told with types and labels', async () => {
  const { s } = await openShop()
  const { data } = (await s.get('/v1/fields')).json
  const total = data.find((f) => f.name === 'purchase.total_minor')
  const { help, ...rest } = total
  deepEqual(rest, { name: 'purchase.total_minor', type: 'int', from: 'told', on: 'purchase', measure: 'money',
    labels: { 'zh-TW': '消費金額', en: 'amount of the sale', ja: '購入金額' } })
  for (const f of data) for (const words of [f.labels, f.help])
    for (const [language, text] of Object.entries(words)) ok(text.length > 0, `${f.name} ${language}`)
  deepEqual(data.find((f) => f.name === 'store.kind').choices,
    ['own', 'franchise', 'mall_counter', 'dealer', 'online', 'popup'])
  equal(data.find((f) => f.name === 'store.code').choices_of, '/v1/stores')
  equal(data.find((f) => f.name === 'member.tags').type, 'texts')
  equal(data.find((f) => f.name === 'member.tier').from, 'derived')
})
