/* purchase_prove.c -- for `regulars check`: a sale, its event, its receipt, its lines, what came
 * back of it and what its awards were computed on say the same. */
#include "app/purchase/purchase_int.h"
#include "sql/purchase_sql.h"

enum {
    AHEAD_MS = 600000,                   /* as in purchase.c: a till's clock may run ahead */
    ASKED_AT_ONCE = 250
};

struct proof {
    struct ctx *c;
    int64_t member_id;
    struct sql_purchase_prove sales;
    struct sql_receipt_get *receipts;            /* of each sale; rc says whether there is one */
    struct sql_purchase_prove_lines lines;       /* in order of (purchase_id, n) */
    struct sql_purchase_prove_refunds refunds;   /* in the order of their arrival */
    struct sql_purchase_prove_awards awards;     /* in order of (event_id, n) */
    const char *why;
};

static void wrong(struct proof *p, int64_t id, const char *what)
{
    if (!p->why) p->why = arena_printf(p->c->arena, "sale %lld: %s", (long long)id, what);
}

static const struct sql_purchase_prove_row *sale_of(const struct proof *p, int64_t id)
{
    size_t lo = 0, hi = p->sales.n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (p->sales.rows[mid].id < id) lo = mid + 1;
        else                            hi = mid;
    }
    return lo < p->sales.n && p->sales.rows[lo].id == id ? &p->sales.rows[lo] : NULL;
}

/* ---- what came back -------------------------------------------------------------------------- */

static bool is_told_alike(const struct proof *p, const struct sql_purchase_prove_refunds_row *r)
{
    const char *payload = arena_printf(p->c->arena, "{\"amount_minor\":%lld}",
                                       (long long)r->amount_minor);

    return r->purchase_id == r->cause_id && str_eq(r->payload, payload);
}

static bool has_lines(const struct proof *p, int64_t sale_id)
{
    for (size_t i = 0; i < p->lines.n; i++)
        if (p->lines.rows[i].purchase_id == sale_id) return true;
    return false;
}

static void check_refund(struct proof *p, const struct sql_purchase_prove_refunds_row *r)
{
    const struct sql_purchase_prove_row *s = sale_of(p, r->purchase_id);
    bool is_named = str_eq(r->name, "purchase.returned") || str_eq(r->name, "purchase.voided");

    if (!s || !is_named || !is_told_alike(p, r)) {
        wrong(p, r->cause_id, "a return and its event say different things");
        return;
    }
    if (r->seal != REFUND_SEAL(p->c, r, p->member_id))
        wrong(p, s->id, "a return of it was altered: its seal does not fit");
    if (r->is_raised != EVENT_TOLD || r->is_live != 1 || r->booked_at < s->booked_at)
        wrong(p, s->id, "a return cannot be undone, nor come before its sale");
    if (r->at != r->booked_at || r->business_date != date_of(p->c->conf->zone, r->at))
        wrong(p, s->id, "a return happens when it is told");
    if (r->store_id != s->store_id || r->company_id != s->company_id)
        wrong(p, s->id, "a return was booked elsewhere than the sale");
    if ((r->moved_to != 0) != (r->moved_member_id != 0)
        || (r->moved_to != 0 && !str_eq(r->name, "purchase.voided")))
        wrong(p, s->id, "only a void moves a sale, and to somebody");
    if (r->lines && !has_lines(p, s->id)) wrong(p, s->id, "lines came back that were never sold");
}

struct back {
    int64_t amount_minor, of_lines_minor;
    size_t n;
    const char *last;
    bool is_rest, is_moved;
};

static struct back came_back(const struct proof *p, int64_t sale_id)
{
    struct back b = { 0 };

    for (size_t i = 0; i < p->refunds.n; i++) {
        const struct sql_purchase_prove_refunds_row *r = &p->refunds.rows[i];
        if (r->purchase_id != sale_id) continue;
        b.amount_minor += r->amount_minor;
        if (r->lines) b.of_lines_minor += r->amount_minor;
        b.is_rest = !r->lines;
        b.last = r->name;
        if (r->moved_to) b.is_moved = true;
        b.n++;
    }
    return b;
}

static bool is_status_right(const struct sql_purchase_prove_row *s, const struct back *b)
{
    if (str_eq(s->status, "live"))             return b->n == 0 && s->is_live == 1;
    if (str_eq(s->status, "returned_in_part")) return b->n > 0 && s->is_live == 1;
    if (s->is_live != 0) return false;
    if (str_eq(s->status, "voided"))   return b->n == 1 && str_eq(b->last, "purchase.voided");
    return str_eq(s->status, "returned") && str_eq(b->last, "purchase.returned");
}

/* ---- the sale -------------------------------------------------------------------------------- */

/* The till's moment; or, if it gave none or one that lies ahead, the moment of arrival.  What had
 * no moment and came while the clock had stepped back lies before it. */
static bool is_moment_right(const struct sql_purchase_prove_row *s, int64_t told_at)
{
    if (told_at == 0) return s->at <= s->booked_at;
    if (told_at == s->at) return true;
    return s->at == s->booked_at && told_at > s->at && told_at - s->at <= AHEAD_MS;
}

static void check_sale(struct proof *p, const struct sql_purchase_prove_row *s)
{
    const struct sql_receipt_get *receipt = &p->receipts[s - p->sales.rows];
    struct back back = came_back(p, s->id);

    if (s->purchase_id != s->id || !str_eq(s->name, EVENT_SALE)) {
        wrong(p, s->id, "its event and its row do not belong together");
        return;
    }
    if ((s->is_raised != EVENT_TOLD && s->is_raised != EVENT_SILENT) || s->cause_id != 0)
        wrong(p, s->id, "a sale is told by a till");
    bool is_led_to = receipt->purchase_id == s->id && receipt->member_id == p->member_id;
    if (receipt->rc != RC_OK || is_led_to == back.is_moved)
        wrong(p, s->id, "its receipt does not lead where the sale is");
    if (receipt->total_minor != s->total_minor) wrong(p, s->id, "its receipt has another total");
    if (!is_moment_right(s, receipt->told_at))
        wrong(p, s->id, "its moment is not the one that was told");
    if (!conf_store(p->c->conf, s->store_id)) wrong(p, s->id, "it happened in no store");
    if (s->total_minor != s->value_minor + back.amount_minor)
        wrong(p, s->id, "what stands and what came back are not its total");
    if (!is_status_right(s, &back)) wrong(p, s->id, "its status is not what came back says");
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct lines { const struct sql_purchase_prove_lines_row *rows; size_t n; };

/* How much of each line its returns name; false: they name a line that is not there. */
static bool add_listed(struct proof *p, const char *text, const struct lines *l, int64_t *listed)
{
    struct json_error error;
    struct json tree;

    if (json_parse(p->c->arena, str_of(text), &tree, &error) != RC_OK || tree.kind != JSON_LIST)
        return false;
    for (size_t i = 0; i < tree.n; i++) {
        const struct json *pair = &tree.u.items[i];
        if (pair->kind != JSON_LIST || pair->n != 2) return false;
        const struct json *n = &pair->u.items[0], *quantity = &pair->u.items[1];
        if (n->kind != JSON_INT || quantity->kind != JSON_INT) return false;
        if (n->u.i < 0 || (size_t)n->u.i >= l->n) return false;
        listed[n->u.i] += quantity->u.i;
    }
    return true;
}

static bool is_listed_right(struct proof *p, const struct lines *l, const struct back *back)
{
    int64_t *listed = ARENA_ARRAY(p->c->arena, int64_t, l->n + 1), money = 0;

    for (size_t i = 0; i < p->refunds.n; i++) {
        const struct sql_purchase_prove_refunds_row *r = &p->refunds.rows[i];
        if (r->purchase_id != l->rows->purchase_id || !r->lines) continue;
        if (!add_listed(p, r->lines, l, listed)) return false;
    }
    for (size_t i = 0; i < l->n; i++) {
        if (l->rows[i].returned != listed[i]) return false;
        money += l->rows[i].returned_minor;
    }
    return money == back->of_lines_minor;
}

/* The last return named no line and took all that was left. */
static bool is_all_back(const struct lines *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->rows[i].returned != l->rows[i].quantity
            || l->rows[i].returned_minor != l->rows[i].net_minor)
            return false;
    return true;
}

static void check_lines(struct proof *p, const struct lines *l)
{
    int64_t id = l->rows->purchase_id, net = 0;
    const struct sql_purchase_prove_row *s = sale_of(p, id);
    struct back back = came_back(p, id);
    bool is_counted = true;

    if (!s) {
        wrong(p, id, "its lines are of no sale");
        return;
    }
    for (size_t i = 0; i < l->n; i++) {
        const struct sql_purchase_prove_lines_row *row = &l->rows[i];
        net += row->net_minor;
        if (row->n != (int64_t)i || row->returned < 0 || row->returned > row->quantity)
            is_counted = false;
    }
    if (!is_counted) wrong(p, id, "a line is missing, or more came back of it than was sold");
    if (net != s->total_minor) wrong(p, id, "its lines do not add up to its total");
    if (!is_listed_right(p, l, &back) && !(s->is_live == 0 && back.is_rest && is_all_back(l)))
        wrong(p, id, "its lines and its returns say different things");
}

static void check_all_lines(struct proof *p)
{
    for (size_t i = 0, k; i < p->lines.n; i = k) {
        struct lines l = { .rows = &p->lines.rows[i] };
        for (k = i; k < p->lines.n; k++)
            if (p->lines.rows[k].purchase_id != l.rows->purchase_id) break;
        l.n = k - i;
        check_lines(p, &l);
    }
}

/* ---- what was told --------------------------------------------------------------------------- */

/* Sales and lines are both in order of the sale: *line is the first that was not looked at. */
static int64_t seal_of(const struct proof *p, const struct sql_purchase_prove_row *s, size_t *line)
{
    struct arena_mark mark = arena_mark(p->c->arena);
    struct seal seal;
    int64_t out;

    seal_begin(&seal, p->c->arena, "purchase");
    seal_row(&seal, PURCHASE_CELLS(s, p->member_id));
    for (; *line < p->lines.n && p->lines.rows[*line].purchase_id <= s->id; ++*line)
        if (p->lines.rows[*line].purchase_id == s->id)
            seal_row(&seal, LINE_CELLS(&p->lines.rows[*line]));
    out = seal_end(&seal);
    arena_rewind(p->c->arena, mark);
    return out;
}

static void check_seals(struct proof *p)
{
    size_t line = 0;

    for (size_t i = 0; i < p->sales.n && !p->why; i++)
        if (p->sales.rows[i].seal != seal_of(p, &p->sales.rows[i], &line))
            wrong(p, p->sales.rows[i].id, "it or a line of it was altered: its seal does not fit");
}

/* ---- what awards were computed on ------------------------------------------------------------ */

/* One difference may be several rows, a part each, that lie together under one cause. */
static int64_t standing_after(const struct proof *p, size_t i)
{
    const struct sql_purchase_prove_awards_row *a = &p->awards.rows[i], *b;
    size_t k = i;
    int64_t sum = 0;

    while (k > 0 && p->awards.rows[k - 1].event_id == a->event_id) k--;
    for (; k < p->awards.n && p->awards.rows[k].event_id == a->event_id; k++) {
        b = &p->awards.rows[k];
        if (b->rule_id != a->rule_id || b->effect_n != a->effect_n) continue;
        if (k > i && b->cause_id != a->cause_id) break;
        sum += b->amount;
    }
    return sum;
}

/* What stood of the sale when it was booked: less what had come back by then.  A return of the very
 * same moment may have come before or after. */
static bool is_basis_right(const struct proof *p, const struct sql_purchase_prove_awards_row *a)
{
    const struct sql_purchase_prove_row *s = sale_of(p, a->event_id);
    int64_t value = s ? s->total_minor : 0;

    for (size_t i = 0; i < p->refunds.n && p->refunds.rows[i].booked_at <= a->at; i++) {
        const struct sql_purchase_prove_refunds_row *r = &p->refunds.rows[i];
        if (r->purchase_id != a->event_id) continue;
        if (r->booked_at == a->at && value == a->basis_minor) return true;
        value -= r->amount_minor;
    }
    return value == a->basis_minor;
}

static void check_awards(struct proof *p)
{
    for (size_t i = 0; i < p->awards.n && !p->why; i++) {
        const struct sql_purchase_prove_awards_row *a = &p->awards.rows[i];
        bool is_withdrawn = a->basis_minor == 0 && standing_after(p, i) == 0;
        if (!is_withdrawn && !is_basis_right(p, a))
            wrong(p, a->event_id, "an award was computed on what it never was");
    }
}

static enum rc load_receipts(struct proof *p, struct ctx *c)
{
    p->receipts = ARENA_ARRAY(c->arena, struct sql_receipt_get, p->sales.n + 1);
    for (size_t i = 0; i < p->sales.n; i++) {
        const struct sql_purchase_prove_row *s = &p->sales.rows[i];
        bool is_keyed = str_prefix(s->receipt ? s->receipt : "", PURCHASE_KEY);
        p->receipts[i] = (struct sql_receipt_get){
            .store_id = s->store_id, .business_date = is_keyed ? 0 : s->business_date,
            .till = s->till ? s->till : "", .number = s->receipt ? s->receipt : "" };
        sql_receipt_get_ask(c, &p->receipts[i]);
        enum rc rc = i % ASKED_AT_ONCE == ASKED_AT_ONCE - 1 ? db_sync(c->db) : RC_OK;
        if (rc != RC_OK) return rc;
    }
    return db_sync(c->db);
}

static enum rc load(struct proof *p, struct ctx *c, int64_t member_id)
{
    p->c = c;
    p->member_id = p->sales.member_id = p->lines.member_id = member_id;
    p->refunds.member_id = p->awards.member_id = member_id;
    sql_purchase_prove_ask(c, &p->sales);
    sql_purchase_prove_lines_ask(c, &p->lines);
    sql_purchase_prove_refunds_ask(c, &p->refunds);
    sql_purchase_prove_awards_ask(c, &p->awards);
    enum rc rc = db_sync(c->db);
    return rc == RC_OK ? load_receipts(p, c) : rc;
}

enum rc purchase_prove(struct ctx *c, int64_t member_id, const char **why)
{
    struct proof *p = ARENA_NEW(c->arena, struct proof);
    enum rc rc = load(p, c, member_id);

    if (rc != RC_OK) return rc;
    for (size_t i = 0; i < p->refunds.n; i++) check_refund(p, &p->refunds.rows[i]);
    for (size_t i = 0; i < p->sales.n; i++) check_sale(p, &p->sales.rows[i]);
    check_all_lines(p);
    check_seals(p);
    check_awards(p);
    if (p->why) *why = p->why;
    return RC_OK;
}

enum rc purchase_seal_anew(struct ctx *c, int64_t member_id)
{
    struct proof *p = ARENA_NEW(c->arena, struct proof);
    enum rc rc = load(p, c, member_id);
    size_t line = 0;

    for (size_t i = 0; rc == RC_OK && i < p->sales.n; i++) {
        struct sql_purchase_anew v = { .id = p->sales.rows[i].id, .member_id = member_id,
                                       .seal = seal_of(p, &p->sales.rows[i], &line) };
        rc = sql_purchase_anew(c, &v);
    }
    for (size_t i = 0; rc == RC_OK && i < p->refunds.n; i++) {
        const struct sql_purchase_prove_refunds_row *r = &p->refunds.rows[i];
        struct sql_refund_anew v = { .id = r->id, .member_id = member_id,
                                     .seal = REFUND_SEAL(c, r, member_id) };
        rc = sql_refund_anew(c, &v);
    }
    return rc;
}
