// Jobs: started, seen, paused, gone on with, whatever happens to the server meanwhile.
import { deepEqual, equal, ok, start, test } from './lib.mjs'
import { buy, join_, openShop, refused, refuseAll } from './shop.mjs'

// Of a server that was killed on PostgreSQL the lease runs out first: half a minute.
const ended = async (s, id, seconds = 10) => {
  for (let i = 0; i < seconds * 20; i++) {
    const job = (await s.get(`/v1/jobs/${id}`)).json
    if (['done', 'failed', 'dropped'].includes(job.state)) return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`job ${id} does not end`)
}

test('the books are proven by a job, which says how far it is and what it found', async () => {
  const { s } = await openShop()
  for (let i = 0; i < 3; i++) await buy(s, await join_(s), 200)
  const made = await s.post('/v1/jobs', { kind: 'check' })
  equal(made.status, 201, made.text)
  equal(made.headers.location, `/v1/jobs/${made.json.id}`)
  ok(['waiting', 'running'].includes(made.json.state))
  equal(made.json.labels['zh-TW'], '核對帳目')
  ok(made.json.by.startsWith('key_'))
  const job = await ended(s, made.json.id)
  equal(job.state, 'done')
  deepEqual(job.result, { findings: 0, first: [] })
  ok(job.done >= 3)
  ok(job.ended_at !== null)
  equal((await s.get('/v1/jobs')).json.data.find((one) => one.id === job.id).state, 'done')
})

test('what is wrong with the books is told by the job', async () => {
  const shop = await openShop()
  const { s } = shop
  const id = await join_(s)
  await buy(s, id, 200)
  shop.write('UPDATE balance SET available = available + 1')
  const job = await ended(s, (await s.post('/v1/jobs', { kind: 'check' })).json.id)
  ok(job.result.findings > 0)
  ok(job.result.first.some((line) => line.startsWith(id)), JSON.stringify(job.result))
})

test('what runs by the clock is there from the start, and comes again', async () => {
  const { s } = await openShop()
  const job = async (kind) => (await s.get('/v1/jobs')).json.data.find((one) => one.kind === kind)
  for (let i = 0; i < 100 && !(await job('answers.forget'))?.ended_at; i++)
    await new Promise((resolve) => setTimeout(resolve, 50))
  for (const kind of ['answers.forget', 'members.settle']) {
    const one = await job(kind)
    equal(one.by, 'system')
    ok(['waiting', 'running'].includes(one.state), one.state)
    ok(one.due_at > new Date().toISOString() || one.state === 'running', one.due_at)
    refused(await s.post(`/v1/jobs/${one.id}/cancel`), 409, 'task.state')
    equal((await s.post(`/v1/jobs/${one.id}/pause`)).json.state, 'paused')
    equal((await s.post(`/v1/jobs/${one.id}/resume`)).status, 200)
  }
})

test('a server that is killed leaves its jobs to the next one', async () => {
  const shop = await openShop({ mayDie: true })
  for (let i = 0; i < 5; i++) await buy(shop.s, await join_(shop.s), 200)
  const ids = []
  for (let i = 0; i < 3; i++) ids.push((await shop.s.post('/v1/jobs', { kind: 'check' })).json.id)
  await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 400))
  await shop.s.stop('SIGKILL')
  const next = await start({ db: shop.db, key: shop.keys.all })
  for (const id of ids) deepEqual((await ended(next, id, 45)).result, { findings: 0, first: [] })
})

test('jobs are refused with a reason', async () => {
  const shop = await openShop({ keys: { north: { store: 'TPE01' } } })
  const { s } = shop
  await refuseAll(shop, { path: '/v1/jobs', good: { kind: 'check' } }, [
    [{ kind: 'reconsider' }, 400, 'job.kind_unknown', '/kind'],
    [{ kind: 'nothing' }, 400, 'job.kind_unknown', '/kind'],
    [{ kind: null }, 400, 'request.invalid', '/kind'],
    [{ when: 'now' }, 400, 'request.invalid', '/when']
  ])
  refused(await s.get('/v1/jobs/job_0000000000000'), 404, 'task.unknown')
  refused(await s.get('/v1/jobs/x'), 404, 'task.unknown')
  refused(await s.post('/v1/jobs/job_0000000000000/pause'), 404, 'task.unknown')
  refused(await s.get('/v1/jobs', { key: shop.keys.north }), 403, 'auth.bound')
  refused(await s.post('/v1/jobs', { kind: 'check' }, { key: shop.keys.north }), 403, 'auth.bound')
  const done = await ended(s, (await s.post('/v1/jobs', { kind: 'check' })).json.id)
  for (const word of ['pause', 'resume', 'cancel', 'retry'])
    refused(await s.post(`/v1/jobs/${done.id}/${word}`), 409, 'task.state')
  deepEqual((await s.get('/v1/jobs?of=members')).json, { data: [], next: null })
})
