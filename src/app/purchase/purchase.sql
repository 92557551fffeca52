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

-- :exec purchase_add(id i64, member_id i64, till text, receipt text, total_minor i64, identified_by text?, payments text?)
INSERT INTO purchase (id, member_id, till, receipt, total_minor, status, identified_by, payments)
VALUES (:id, :member_id, :till, :receipt, :total_minor, 'live', :identified_by, :payments);

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

-- :exec refund_add(id i64, member_id i64, purchase_id i64, amount_minor i64, reason text?, lines text?)
INSERT INTO refund (id, member_id, purchase_id, amount_minor, reason, lines)
VALUES (:id, :member_id, :purchase_id, :amount_minor, :reason, :lines);

-- :each purchase_timeline(member_id i64, from_at i64) -> (id i64, identified_by text?, payments text?)
SELECT p.id, p.identified_by, p.payments
  FROM event e JOIN purchase p ON p.id = e.id AND p.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.at >= :from_at ORDER BY p.id LIMIT 1000000;

-- :each purchase_line_timeline(member_id i64, from_at i64) -> (purchase_id i64, sku text, quantity i64, list_minor i64, net_minor i64, returned i64, returned_minor i64)
SELECT l.purchase_id, l.sku, l.quantity, l.list_minor, l.net_minor, l.returned, l.returned_minor
  FROM event e JOIN purchase_line l ON l.purchase_id = e.id AND l.member_id = e.member_id
 WHERE e.member_id = :member_id AND e.at >= :from_at
 ORDER BY l.purchase_id, l.n LIMIT 1000000;
