// The figures of `./dev cdnow FILE`, worked out again by other means: no product code, days as
// numbers, one member at a time.  node oracle.mjs FILE prints the same `name value` lines.
import { readFileSync } from 'node:fs';

const DAY = 86400000;
const day = s => Date.UTC(+s.slice(0, 4), +s.slice(4, 6) - 1, +s.slice(6, 8)) / DAY;
const END = day('19980701');                    // everything due at its first moment is due
const LEVELS = [10000, 30000, 100000];

const members = new Map();
let revenue = 0, purchases = 0;
readFileSync(process.argv[2], 'utf8').split(/\r?\n/).slice(1).forEach((line, row) => {
  const cells = line.trim().split(/\s+/);
  if (cells.length < 4) return;
  const [units, cents = ''] = cells[3].split('.');
  const sale = { day: day(cells[1]), row, minor: +units * 100 + +(cents + '00').slice(0, 2) };
  if (!members.has(cells[0])) members.set(cells[0], []);
  members.get(cells[0]).push(sale);
  revenue += sale.minor;
  purchases++;
});

const levelOf = sum => LEVELS.filter(t => t <= sum).length;
const out = { issued: 0, expired: 0, tiers: [0, 0, 0, 0], up: 0, down: 0 };

for (const sales of members.values()) {
  sales.sort((a, b) => a.day - b.day || a.row - b.row);
  let level = 0, lastDay = null;                // of the term: judged when this day ends
  const sum = (on, upto) => {
    let s = 0;
    for (let i = 0; i <= upto; i++) if (sales[i].day > on - 365 && sales[i].day <= on) s += sales[i].minor;
    return s;
  };
  const judge = (before, upto) => {             // terms whose last day lies before this day
    while (level > 0 && lastDay < before) {
      const s = sum(lastDay, upto);
      if (s < LEVELS[level - 1]) {
        level = levelOf(s);
        out.down++;
      }
      lastDay = level > 0 ? lastDay + 365 : null;
    }
  };
  sales.forEach((sale, i) => {
    judge(sale.day, i - 1);
    const points = Math.floor(sale.minor / 100);
    out.issued += points;
    if (sale.day + 365 < END) out.expired += points;
    const reached = levelOf(sum(sale.day, i));
    if (reached > level) {
      level = reached;
      lastDay = sale.day + 365;
      out.up++;
    }
  });
  judge(END, sales.length - 1);
  out.tiers[level]++;
}

const lines = {
  purchases, members: members.size, revenue_minor: revenue, points_issued: out.issued,
  points_expired: out.expired, points_outstanding: out.issued - out.expired,
  tier_0_members: out.tiers[0], tier_1_members: out.tiers[1], tier_2_members: out.tiers[2],
  tier_3_members: out.tiers[3], upgrades: out.up, downgrades: out.down,
};
for (const [name, value] of Object.entries(lines)) console.log(name, value);
