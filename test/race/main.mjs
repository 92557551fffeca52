// Races: who comes first wins, everybody else learns it, and nothing is given twice.
import { readFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Shop, enginesHere } from '../crash/shop.mjs'

const CLIENTS = 64, PRIZE = 7, TWINS = 16, TWIN_ROUNDS = 25
const PUBLICATIONS = 12, SALES = 25
const roundsAll = Number(process.env.REGULARS_RACE_ROUNDS ?? 1000)
const only = process.argv[2]

const must = (yes, text) => { if (!yes) throw new Error(text) }
const atOnce = (n, make) => Promise.all(Array.from({ length: n }, (_, i) => make(i)))
const shares = (answers, status) => answers.filter((a) => a.status === status).length

// Answers of one kind as one line: what came, and how often.
function told(answers) {
  const kinds = new Map()
  for (const a of answers) {
    const kind = a.status === 201 ? '201' : `${a.status} ${JSON.parse(a.text).code}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return [...kinds].map(([kind, n]) => `${n} times ${kind}`).join('\n')
}

const saleOf = (member, receipt, total_minor) =>
  ({ member, store: 'S1', till: '1', receipt, total_minor, at: '2026-01-02T12:00:00+08:00' })

async function give(shop, member, amount) {
  const r = await shop.post(`/v1/members/${member}/adjustments`,
    { unit: 'points', amount, reason: 'a prize' }, randomUUID())
  must(r.status === 201, `adjusting: ${r.status} ${r.text}`)
}

// All of them want all there is.
async function race(shop, member) {
  await give(shop, member, PRIZE)
  const answers = await atOnce(CLIENTS, () => shop.post(`/v1/members/${member}/spends`,
    { unit: 'points', amount: PRIZE }, randomUUID()))
  must(shares(answers, 201) === 1, `${shares(answers, 201)} winners:\n${told(answers)}`)
  must(shares(answers, 409) === CLIENTS - 1, `not all others were refused:\n${told(answers)}`)
  must(answers.every((a) => a.status === 201 || JSON.parse(a.text).code === 'points.insufficient'),
    told(answers))
  const left = await shop.points(member)
  must(left === 0, `${left} points are left`)
}

async function theLastPoints(shop, rounds) {
  const member = await shop.member()
  for (let i = 0; i < rounds; i++) await race(shop, member)
  return `${rounds} rounds of ${CLIENTS} clients, one winner each`
}

// Shares that do not divide the prize: as many winners as there are whole shares, never one more.
async function severalWinners(shop) {
  const member = await shop.member()
  for (let i = 0; i < TWIN_ROUNDS; i++) {
    await give(shop, member, PRIZE)
    const answers = await atOnce(CLIENTS, () => shop.post(`/v1/members/${member}/spends`,
      { unit: 'points', amount: 2 }, randomUUID()))
    must(shares(answers, 201) === 3, `${shares(answers, 201)} winners:\n${told(answers)}`)
    const left = await shop.points(member)
    must(left === 1, `${left} points are left`)
    await give(shop, member, -1)
  }
  return `${TWIN_ROUNDS} rounds, three of ${CLIENTS} win`
}

function areTwins(answers) {
  must(answers.every((a) => a.status === 201), told(answers))
  must(new Set(answers.map((a) => a.text)).size === 1, `different bytes:\n${told(answers)}`)
  const first = answers.filter((a) => a.headers['idempotency-replayed'] !== 'true').length
  must(first === 1, `${first} answers say that they are the first`)
}

async function oneKey(shop) {
  const member = await shop.member()
  await give(shop, member, TWIN_ROUNDS)
  for (let i = 0; i < TWIN_ROUNDS; i++) {
    const key = randomUUID()
    areTwins(await atOnce(TWINS, () => shop.post(`/v1/members/${member}/spends`,
      { unit: 'points', amount: 1 }, key)))
    const left = await shop.points(member)
    must(left === TWIN_ROUNDS - 1 - i, `${left} points are left after ${i + 1} spends of 1`)
  }
  return `${TWIN_ROUNDS} keys from ${TWINS} clients at once`
}

async function oneReceipt(shop) {
  const member = await shop.member()
  for (let i = 0; i < TWIN_ROUNDS; i++)
    areTwins(await atOnce(TWINS, () => shop.post('/v1/purchases', saleOf(member, `T${i}`, 100))))
  const sales = await shop.purchases(member)
  must(sales.length === TWIN_ROUNDS, `${sales.length} sales of ${TWIN_ROUNDS} receipts`)
  const points = await shop.points(member)
  must(points === TWIN_ROUNDS, `${points} points for ${TWIN_ROUNDS} sales of 100`)
  return `${TWIN_ROUNDS} receipts from ${TWINS} clients at once`
}

// A sale without a receipt is claimed by its key.
async function oneSaleByKey(shop) {
  const member = await shop.member()
  for (let i = 0; i < TWIN_ROUNDS; i++) {
    const key = randomUUID()
    areTwins(await atOnce(TWINS, () => shop.post('/v1/purchases',
      saleOf(member, undefined, 100), key)))
  }
  const sales = await shop.purchases(member)
  must(sales.length === TWIN_ROUNDS, `${sales.length} sales of ${TWIN_ROUNDS} keys`)
  return `${TWIN_ROUNDS} keys in place of receipts`
}

// How often each is noted.  The file of SQLite is read as bytes when its server has stopped: nobody
// else's words are needed.
async function notesOf(shop, receipts) {
  await shop.kill('SIGTERM')
  const text = shop.engine === 'postgres'
    ? shop.sql("SELECT detail FROM note WHERE what = 'purchase.receipt_differs'")
    : readFileSync(join(shop.dir, 'shop.db'), 'latin1')
  await shop.start()
  return receipts.map((r) => text.split(`{"receipt":"${r}"`).length - 1)
}

// One telling wins; the others differ in the amount, are refused, and each refusal is noted.
async function oneReceiptOtherAmounts(shop) {
  const member = await shop.member(), receipts = []
  for (let i = 0; i < TWIN_ROUNDS; i++) {
    const receipt = `D${i}.`
    const answers = await atOnce(TWINS,
      (k) => shop.post('/v1/purchases', saleOf(member, receipt, 1000 + k)))
    receipts.push(receipt)
    must(shares(answers, 201) === 1, told(answers))
    must(answers.every((a) => a.status === 201 ||
      (a.status === 409 && JSON.parse(a.text).code === 'purchase.receipt_differs')), told(answers))
  }
  const sales = await shop.purchases(member)
  must(sales.length === TWIN_ROUNDS, `${sales.length} sales of ${TWIN_ROUNDS} receipts`)
  const noted = await notesOf(shop, receipts)
  must(noted.every((n) => n >= TWINS - 1), `${TWINS - 1} conflicts each, noted: ${noted}`)
  return `${TWIN_ROUNDS} receipts with ${TWINS} amounts: 409, and noted`
}

// Too much at once: nothing was done, ask again.
async function until503Ends(ask) {
  for (let i = 0; i < 100; i++) {
    const r = await ask()
    if (r.status !== 503) return r
  }
  throw new Error('503 a hundred times')
}

// What was answered is in force: whoever sells after it earns by it, whichever publisher's
// configuration was read last.
async function publications(shop) {
  const member = await shop.member()
  let published = 0, rules = 0
  const publish = async () => {
    for (let i = 0; i < PUBLICATIONS; i++) {
      const r = await shop.post('/v1/rules', { name: `one more ${rules += 1}`, on: 'purchase',
        then: [{ 'points.grant': { unit: 'points', amount: 1 } }] }, randomUUID())
      must(r.status === 201, `publishing: ${r.status} ${r.text}`)
      published += 1
    }
  }
  const sell = async (till) => {
    for (let i = 0; i < SALES; i++) {
      const floor = published
      const r = await until503Ends(() => shop.post('/v1/purchases',
        { member, store: 'S1', till: `p${till}`, receipt: `${i}`, total_minor: 10 }))
      must(r.status === 201, `selling: ${r.status} ${r.text}`)
      const earned = JSON.parse(r.text).earned.filter((e) => e.name.startsWith('one more')).length
      must(earned >= floor, `earned by ${earned} of ${floor} rules that were answered`)
    }
  }
  await Promise.all([atOnce(3, publish), atOnce(12, sell)])
  return `${rules} publications among ${12 * SALES} sales, each in force when it was answered`
}

// Two servers, ten minutes apart, sell to one member while both publish.
async function twoClocks(engine) {
  const shop = new Shop(engine, { now: '2026-05-01T12:00' })
  try {
    await shop.start(['--now', '2026-05-01T12:00,running'])
    const late = await shop.another(['--now', '2026-05-01T11:50,running'])
    const member = await shop.member()
    const sell = (node, till) => async (i) => until503Ends(() => node.post('/v1/purchases',
      { member, store: 'S1', till: `${till}${i % 8}`, receipt: `${i}`, total_minor: 100 }))
    const publish = (node) => async (i) => until503Ends(() => node.post('/v1/rules',
      { name: `r${i}`, on: 'purchase', then: [{ 'points.grant': { unit: 'points', amount: 1 } }] }, randomUUID()))
    const several = async (n, one) => { for (let i = 0; i < n; i++) must((await one(i)).status === 201, 'refused') }
    await Promise.all([several(PUBLICATIONS, publish(shop)), several(PUBLICATIONS, publish(late)),
      ...[0, 1, 2, 3].flatMap((k) => [several(SALES, sell(shop, `a${k}`)), several(SALES, sell(late, `b${k}`))])])
    const sales = await shop.purchases(member)
    must(sales.length === 8 * SALES, `${sales.length} sales of ${8 * SALES}`)
    await late.kill('SIGTERM')
    await shop.kill('SIGTERM')
    const said = shop.command('check', '--deep', '--now', '2026-05-01T13:00')
    must(said.endsWith('check ok'), said)
    return `${8 * SALES} sales at two servers whose clocks are ten minutes apart, check --deep ok`
  } finally {
    await shop.close()
  }
}

async function theBooks(shop) {
  await shop.kill('SIGTERM')
  const said = shop.command('check', '--deep')
  must(said.endsWith('check ok'), said)
  return 'check --deep ok'
}

const tests = [theLastPoints, severalWinners, oneKey, oneReceipt, oneSaleByKey,
  oneReceiptOtherAmounts, publications, theBooks]

async function runAll(engine, rounds) {
  const shop = new Shop(engine)
  let failed = 0
  const chosen = engine === 'postgres' ? [...tests, () => twoClocks(engine)] : tests
  await shop.start()
  for (const test of chosen) {
    const began = performance.now()
    await test(shop, rounds).then((said) => {
      console.log(`  ${engine}: ${said} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    }, (error) => {
      failed++
      console.log(`FAILED ${engine} ${test.name}: ${error.message}\n${error.stdout ?? ''}`)
    })
  }
  await shop.close()
  console.log(`race ${engine}: ${chosen.length - failed} passed, ${failed} failed`)
  return failed === 0
}

let isGreen = true
for (const engine of enginesHere()) {
  if (only && only !== engine) continue
  const rounds = Math.ceil(roundsAll / enginesHere().length)
  isGreen = await runAll(engine, rounds).catch((error) => {
    console.log(`FAILED ${engine}: ${error.stack}\nrace ${engine}: 0 passed, 1 failed`)
    return false
  }) && isGreen
}
process.exit(isGreen ? 0 : 1)
