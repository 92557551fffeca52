-- The claim of a sale: whoever inserts it tells the sale.  On PostgreSQL a second teller waits here.
-- :one receipt_claim(store_id i64, business_date i64, till text, number text, member_id i64, purchase_id i64, total_minor i64, told_at i64) -> (claimed i64)
INSERT INTO receipt (store_id, business_date, till, number, member_id, purchase_id, total_minor,
                     told_at)
VALUES (:store_id, :business_date, :till, :number, :member_id, :purchase_id, :total_minor, :told_at)
    ON CONFLICT (store_id, business_date, till, number) DO NOTHING
RETURNING purchase_id;

-- :one receipt_get(store_id i64, business_date i64, till text, number text) -> (member_id i64, purchase_id i64, total_minor i64, told_at i64)
SELECT member_id, purchase_id, total_minor, told_at FROM receipt
 WHERE store_id = :store_id AND business_date = :business_date AND till = :till
   AND number = :number;

-- :exec purchase_add(id i64, member_id i64, till text, receipt text, total_minor i64, identified_by text?, payments text?, seal i64)
INSERT INTO purchase (id, member_id, till, receipt, total_minor, status, identified_by, payments,
                      seal)
VALUES (:id, :member_id, :till, :receipt, :total_minor, 'live', :identified_by, :payments, :seal);

-- :rows purchase_line_add(purchase_id i64, n i64, member_id i64, sku text, quantity i64, list_minor i64, net_minor i64, discounts text?)
INSERT INTO purchase_line (purchase_id, n, member_id, sku, quantity, list_minor, net_minor, returned,
                           returned_minor, discounts)
VALUES (:purchase_id, :n, :member_id, :sku, :quantity, :list_minor, :net_minor, 0, 0, :discounts);

-- :one purchase_get(id i64, member_id i64) -> (till text, receipt text, total_minor i64, status text, identified_by text?, payments text?)
SELECT till, receipt, total_minor, status, identified_by, payments FROM purchase
 WHERE id = :id AND member_id = :member_id;

-- :each purchase_lines(purchase_id i64, member_id i64) -> (n i64, sku text, quantity i64, list_minor i64, net_minor i64, returned i64, returned_minor i64, discounts text?)
SELECT n, sku, quantity, list_minor, net_minor, returned, returned_minor, discounts
  FROM purchase_line WHERE purchase_id = :purchase_id AND member_id = :member_id
 ORDER BY n LIMIT 1000;

-- :exec purchase_status(id i64, member_id i64, status text)
UPDATE purchase SET status = :status WHERE id = :id AND member_id = :member_id;

-- :exec purchase_line_returned(purchase_id i64, n i64, member_id i64, returned i64, returned_minor i64)
UPDATE purchase_line SET returned = :returned, returned_minor = :returned_minor
 WHERE purchase_id = :purchase_id AND n = :n AND member_id = :member_id;

-- :exec refund_add(id i64, member_id i64, purchase_id i64, amount_minor i64, reason text?, lines text?, moved_to i64, moved_member_id i64, seal i64)
INSERT INTO refund (id, member_id, purchase_id, amount_minor, reason, lines, moved_to,
                    moved_member_id, seal)
VALUES (:id, :member_id, :purchase_id, :amount_minor, :reason, :lines, :moved_to, :moved_member_id,
        :seal);

-- Its sale is another member's now.
-- :exec receipt_move(store_id i64, business_date i64, till text, number text, member_id i64, purchase_id i64)
UPDATE receipt SET member_id = :member_id, purchase_id = :purchase_id
 WHERE store_id = :store_id AND business_date = :business_date AND till = :till
   AND number = :number;

-- Sales of this receipt that were a member's once and were moved away.
-- :one purchase_moved(member_id i64, store_id i64, business_date i64, till text, receipt text) -> (n i64)
SELECT COUNT(*) AS n
  FROM event v JOIN refund r ON r.id = v.id AND r.member_id = v.member_id
  JOIN purchase p ON p.id = r.purchase_id AND p.member_id = r.member_id
  JOIN event e ON e.id = p.id AND e.member_id = p.member_id
 WHERE v.member_id = :member_id AND v.name = 'purchase.voided' AND r.moved_to <> 0
   AND p.till = :till AND p.receipt = :receipt AND e.store_id = :store_id
   AND (:business_date = 0 OR e.business_date = :business_date);

-- Where a voided sale went.
-- :one purchase_moved_to(purchase_id i64, member_id i64) -> (moved_to i64, moved_member_id i64)
SELECT r.moved_to, r.moved_member_id
  FROM event v JOIN refund r ON r.id = v.id AND r.member_id = v.member_id
 WHERE v.member_id = :member_id AND v.cause_id = :purchase_id AND v.name = 'purchase.voided'
 ORDER BY v.at DESC LIMIT 1;

-- Of a stretch of the timeline, both ends included.
-- :each purchase_timeline(member_id i64, from_at i64, from_id i64, upto_at i64, upto_id i64) -> (id i64, identified_by text?, payments text?)
SELECT p.id, p.identified_by, p.payments
  FROM event e JOIN purchase p ON p.id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.at >= :from_at AND e.at <= :upto_at
   AND (e.at > :from_at OR e.id >= :from_id) AND (e.at < :upto_at OR e.id <= :upto_id)
 ORDER BY e.at, e.id LIMIT 100000;

-- :each purchase_line_timeline(member_id i64, from_at i64, from_id i64, upto_at i64, upto_id i64, max i64) -> (purchase_id i64, sku text, quantity i64, list_minor i64, net_minor i64, returned i64, returned_minor i64)
SELECT l.purchase_id, l.sku, l.quantity, l.list_minor, l.net_minor, l.returned, l.returned_minor
  FROM event e JOIN purchase_line l ON l.purchase_id = e.id AND l.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.at >= :from_at AND e.at <= :upto_at
   AND (e.at > :from_at OR e.id >= :from_id) AND (e.at < :upto_at OR e.id <= :upto_id)
 ORDER BY e.at, e.id, l.n LIMIT :max;

-- The sales of a receipt: at its store, on its business date, of any till.
-- :each receipt_find(store_id i64, business_date i64, number text) -> (till text, member_id i64, purchase_id i64)
SELECT till, member_id, purchase_id FROM receipt
 WHERE store_id = :store_id AND business_date = :business_date AND number = :number
 ORDER BY till LIMIT 20;

-- :one purchase_row(id i64, member_id i64) -> (at i64, business_date i64, store_id i64, value_minor i64, channel text?, till text, receipt text, total_minor i64, status text)
SELECT e.at, e.business_date, e.store_id, e.value_minor, e.channel, p.till, p.receipt,
       p.total_minor, p.status
  FROM event e JOIN purchase p ON p.id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.id = :id;

-- A member's sales, newest first; who is bound to some stores (scope_stores) sees theirs.
-- :list purchase_list(member_id i64, stores text) -> (id i64, member_id i64, at i64, business_date i64, store_id i64, value_minor i64, channel text?, till text, receipt text, total_minor i64, status text)
SELECT e.id, e.member_id, e.at, e.business_date, e.store_id, e.value_minor, e.channel, p.till,
       p.receipt, p.total_minor, p.status
  FROM event e JOIN purchase p ON p.id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.name = 'purchase'
   AND (:stores = '' OR :stores LIKE '%,' || CAST(e.store_id AS TEXT) || ',%');

-- For `regulars check`: every sale beside its event.  The receipt that leads to it lies apart.
-- :each purchase_prove(member_id i64) -> (id i64, name text, at i64, booked_at i64, business_date i64, store_id i64, company_id i64, is_live i64, value_minor i64, is_raised i64, cause_id i64, purchase_id i64, total_minor i64, status text, till text?, receipt text?, identified_by text?, payments text?, seal i64)
SELECT e.id, e.name, e.at, e.booked_at, e.business_date, e.store_id, e.company_id, e.is_live,
       e.value_minor, e.is_raised, e.cause_id, COALESCE(p.id, 0), COALESCE(p.total_minor, 0),
       COALESCE(p.status, ''), p.till, p.receipt, p.identified_by, p.payments,
       COALESCE(p.seal, 0)
  FROM event e LEFT JOIN purchase p ON p.id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id AND (e.name = 'purchase' OR p.id IS NOT NULL)
 ORDER BY e.id LIMIT 100000000;

-- :each purchase_prove_lines(member_id i64) -> (purchase_id i64, n i64, sku text, quantity i64, list_minor i64, net_minor i64, returned i64, returned_minor i64, discounts text?)
SELECT l.purchase_id, l.n, l.sku, l.quantity, l.list_minor, l.net_minor, l.returned,
       l.returned_minor, l.discounts
  FROM event e JOIN purchase_line l ON l.purchase_id = e.id AND l.member_id = e.member_id
 WHERE e.member_id = :member_id ORDER BY l.purchase_id, l.n LIMIT 100000000;

-- In the order in which they arrived.
-- :each purchase_prove_refunds(member_id i64) -> (id i64, name text, at i64, booked_at i64, business_date i64, store_id i64, company_id i64, is_live i64, is_raised i64, cause_id i64, payload text?, purchase_id i64, amount_minor i64, reason text?, lines text?, moved_to i64, moved_member_id i64, seal i64)
SELECT e.id, e.name, e.at, e.booked_at, e.business_date, e.store_id, e.company_id, e.is_live,
       e.is_raised, e.cause_id, e.payload, COALESCE(r.purchase_id, 0),
       COALESCE(r.amount_minor, 0), r.reason, r.lines, COALESCE(r.moved_to, 0),
       COALESCE(r.moved_member_id, 0), COALESCE(r.seal, 0)
  FROM event e LEFT JOIN refund r ON r.id = e.id AND r.member_id = e.member_id
 WHERE e.member_id = :member_id
   AND (e.name IN ('purchase.returned', 'purchase.voided') OR r.id IS NOT NULL)
 ORDER BY e.booked_at, e.id LIMIT 100000000;

-- :each purchase_prove_awards(member_id i64) -> (event_id i64, n i64, rule_id i64, effect_n i64, amount i64, basis_minor i64, cause_id i64, at i64)
SELECT a.event_id, a.n, a.rule_id, a.effect_n, a.amount, a.basis_minor, a.cause_id, a.at
  FROM event e JOIN award a ON a.event_id = e.id AND a.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.name = 'purchase' ORDER BY a.event_id, a.n LIMIT 100000000;

-- :exec purchase_anew(id i64, member_id i64, seal i64)
UPDATE purchase SET seal = :seal WHERE id = :id AND member_id = :member_id;

-- :exec refund_anew(id i64, member_id i64, seal i64)
UPDATE refund SET seal = :seal WHERE id = :id AND member_id = :member_id;
