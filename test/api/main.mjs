// Every *.test.mjs beside this file, on the engine of REGULARS_TEST_ENGINE.
import { readdirSync } from 'node:fs'
import { engine, runAll, testsOf } from './lib.mjs'

for (const file of readdirSync(import.meta.dirname ?? new URL('.', import.meta.url).pathname).sort())
  if (file.endsWith('.test.mjs')) {
    testsOf(file)
    await import(`./${file}`)
  }
const { passed, failed } = await runAll(process.argv[2])
console.log(`api ${engine}: ${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
