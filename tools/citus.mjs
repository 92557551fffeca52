// migrations/citus.sql, from the kinds that the migrations state: how tables lie on Citus.
//   node tools/citus.mjs [--check]
// Without --check it writes the file; with it, it says whether the file is out of date.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations')
const kind = /^-- kind: (\w+)(?: by (\w+))?\n(?:--.*\n)*CREATE TABLE (\w+)/gm

const lines = readdirSync(folder).filter((f) => /^\d.*\.sql$/.test(f)).sort().flatMap((file) =>
  [...readFileSync(join(folder, file), 'utf8').matchAll(kind)].map(([, what, by, table]) => {
    if (what === 'config') return `SELECT create_reference_table('${table}');`
    const column = what === 'member' ? 'member_id' : by ?? 'id'
    const beside = column === 'member_id' && table !== 'member' ? 'member' : 'none'
    return `SELECT create_distributed_table('${table}', '${column}', colocate_with => '${beside}');`
  }))
const text = `-- How the tables lie on Citus; made by tools/citus.mjs from the kinds in the migrations, to be read.
-- The program says these itself, in the transaction that makes each table, where the database has
-- the extension: nobody runs this file.
${lines.join('\n')}
`
const path = join(folder, 'citus.sql')
if (process.argv[2] !== '--check') writeFileSync(path, text)
else if (readFileSync(path, 'utf8') !== text) {
  console.error('migrations/citus.sql is out of date: node tools/citus.mjs')
  process.exit(1)
}
