// The kill -9 loop, on both engines, and its control.
//
// In each cycle tills tell sales on eight connections until the server is killed; every tenth time
// it is killed once more while it starts; on PostgreSQL every fifth time a process of the database
// is killed before.  After the restart the journal is held against the books.  The control runs the
// same with answers sent before COMMIT, and must see losses.
import { join } from 'node:path'
import { Journal } from './journal.mjs'
import { Shop, dice, enginesHere, pause } from './shop.mjs'
import { tellSales } from './till.mjs'
import { isClean, judge, judgeAll, newVerdict } from './verdict.mjs'

const TILLS = 8, MEMBERS = 4, CONTROL_MAX = 20
const cyclesAll = Number(process.env.REGULARS_CRASH_CYCLES ?? 100)
const seed = Number(process.env.REGULARS_CRASH_SEED ?? Math.floor(Math.random() * 0xffffffff))
const only = process.argv[2]

function cyclesOf(engine) {
  if (enginesHere().length === 1) return cyclesAll
  const sqlite = Math.ceil(cyclesAll * 0.7)
  return engine === 'sqlite' ? sqlite : Math.max(1, cyclesAll - sqlite)
}

// A process of the database dies: the others go down with it, it recovers by itself, and the server
// has to find its way back.
async function killBackend(shop) {
  const pid = Number(shop.sql('SELECT MIN(pid) FROM pg_stat_activity WHERE datname = ' +
    "current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"))
  if (pid > 0) process.kill(pid, 'SIGKILL')
}

async function databaseIsBack(shop) {
  for (let i = 0; ; i++) {
    try {
      return shop.sql('SELECT 1')
    } catch (error) {
      if (i > 200) throw error
      await pause(50)
    }
  }
}

async function start(loop) {
  if (loop.isDatabaseHurt) await databaseIsBack(loop.shop)
  loop.isDatabaseHurt = false
  const ms = await loop.shop.start(loop.args)
  loop.starts.push(ms)
}

// Killed somewhere between its first instruction and its first answer.
async function killWhileStarting(loop) {
  const typical = loop.starts.length > 0 ? loop.starts[loop.starts.length - 1] : 300
  loop.shop.spawn(loop.args)
  await pause(loop.dice(Math.ceil(typical)))
  await loop.shop.kill()
  loop.killedWhileStarting++
}

async function cycle(loop, n) {
  const { shop, journal } = loop
  const run = { name: `${loop.name}${n}`, dice: loop.dice, members: [],
    today: new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 10) }
  for (let i = 0; i < MEMBERS; i++) run.members.push(await shop.member())

  const tills = tellSales(shop, journal, run, TILLS)
  await pause(50 + loop.dice(450))
  if (shop.engine === 'postgres' && n % 5 === 4 && !loop.isControl) {
    await killBackend(shop)
    loop.isDatabaseHurt = true
    loop.killedBackends++
    await pause(300)
  }
  run.isOver = true
  const how = await shop.kill()
  await tills
  if (how.signal !== 'SIGKILL') throw new Error(`the server ended by itself:\n${shop.log()}`)
  if (run.refused.length > 0 && !loop.isControl) throw new Error(`refused: ${run.refused[0]}`)

  if (n % 10 === 9) await killWhileStarting(loop)
  if (n % 10 === 5) check(loop)
  await start(loop)
  loop.acknowledged += run.acknowledged
  const mine = [...journal.read().values()].filter((s) => s.receipt.startsWith(`${run.name}-`))
  loop.silent += mine.filter((s) => !s.ack).length
  await judge(loop.verdict, shop, mine)
}

function check(loop) {
  if (loop.isDatabaseHurt || loop.isControl) return
  const said = loop.shop.command('check', '--deep')
  if (!said.endsWith('check ok')) throw new Error(said)
  loop.checks++
}

function open(engine, isControl) {
  const shop = new Shop(engine)
  const args = ['--workers', '4', ...(isControl ? ['--answer-early'] : [])]
  return { shop, isControl, args, dice: dice(seed),
    name: isControl ? 'e' : 'c', journal: new Journal(join(shop.dir, 'journal')),
    verdict: newVerdict(), starts: [], acknowledged: 0, silent: 0, checks: 0,
    killedWhileStarting: 0, killedBackends: 0, isDatabaseHurt: false }
}

async function theLoop(engine) {
  const loop = open(engine, false), cycles = cyclesOf(engine)
  try {
    await start(loop)
    for (let n = 0; n < cycles; n++) await cycle(loop, n)
    await judgeAll(loop.verdict, loop.shop, loop.journal.read().values())
    const how = await loop.shop.kill('SIGTERM')
    if (how.code !== 0) throw new Error(`it did not stop well:\n${loop.shop.log()}`)
    check(loop)
    report(engine, loop, cycles)
    return isClean(loop.verdict)
  } finally {
    await loop.shop.close()
  }
}

function report(engine, loop, cycles) {
  const v = loop.verdict
  const sorted = [...loop.starts].sort((a, b) => a - b)
  const p99 = sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.99) - 1)]
  console.log(`  ${engine}: seed ${seed}, cycles ${cycles}, acknowledged ${loop.acknowledged}, ` +
    `unanswered ${loop.silent}, lost ${v.lost}, doubled ${v.doubled}, ` +
    `restart p99 ${Math.round(p99)} ms`)
  console.log(`  ${engine}: killed while starting ${loop.killedWhileStarting}` +
    (engine === 'postgres' ? `, database processes killed ${loop.killedBackends}` : '') +
    `, check --deep ok ${loop.checks}, failures in less than ${(300 / cycles).toFixed(1)} % of ` +
    'kills (95 %)')
  for (const line of v.details) console.log(`  ${line}`)
}

// Sees losses, or is blind: as many cycles as it takes, within bounds.
async function theControl(engine) {
  const loop = open(engine, true)
  let cycles = 0
  try {
    await start(loop)
    while (cycles < CONTROL_MAX && loop.verdict.lost === 0) await cycle(loop, cycles++)
  } finally {
    await loop.shop.close()
  }
  console.log(`  ${engine}: control reports losses: ${loop.verdict.lost} of ${loop.acknowledged} ` +
    `acknowledged, in ${cycles} cycles`)
  return loop.verdict.lost > 0
}

let failedAll = 0
for (const engine of enginesHere()) {
  if (only && only !== engine) continue
  let passed = 0, failed = 0
  for (const test of [theLoop, theControl]) {
    const ok = await test(engine).catch((error) => {
      console.log(`FAILED ${engine} ${test.name}: ${error.stack}\n${error.stdout ?? ''}`)
      return false
    })
    if (ok) passed++
    else failed++
  }
  failedAll += failed
  console.log(`crash ${engine}: ${passed} passed, ${failed} failed`)
}
process.exit(failedAll === 0 ? 0 : 1)
