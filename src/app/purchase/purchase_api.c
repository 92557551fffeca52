/* purchase_api.c -- telling a sale, and the routes of the folder. */
#include "app/purchase/purchase_api.h"
#include "core/auth/scope.h"
#include "core/door/api.h"
#include "core/timeline/why.h"
#include "sql/effect_sql.h"
#include "sql/purchase_sql.h"

/* ---- a sale told for the first time ---- */

static const struct event *sale_of(const struct purchase_told *told)
{
    const struct timeline *t = &told->timeline;

    for (size_t i = 0; i < t->fresh_n; i++)
        if (t->fresh[i]->id == told->id) return t->fresh[i];
    return NULL;
}

static void add_given(struct purchase_told *told, const char *language, struct sale_answer *out)
{
    struct timeline *t = &told->timeline;
    struct given_view *earned = ARENA_ARRAY(t->c->arena, struct given_view, t->given_n + 1);

    out->earned = earned;
    for (size_t i = 0; i < t->given_n; i++)
        if (view_is_earned(&t->given[i], told->id))
            earned[out->earned_n++] = view_given(t, &t->given[i], language);
    out->differences = view_differences(t, told->id, language);
}

enum rc sale_answer_fresh(struct ctx *c, struct purchase_told *told, const char *language,
                          struct sale_answer *a)
{
    const struct event *sale = sale_of(told);

    if (!sale) return broken(c, "purchase.event");
    *a = (struct sale_answer){
        .id = api_id_owned(c, "pur", (int64_t[]){ told->member_id, told->id }),
        .member = api_id(c, "mem", told->member_id), .at = told->at,
        .business_date = told->business_date, .store = api_store(c, sale->store_id),
        .till = told->till, .receipt = told->receipt,
        .total_minor = sale->value_minor, .status = "live",
        .is_pending = told->timeline.is_deferred, .raised = view_raised(&told->timeline),
        .balances = view_balances(c, &told->timeline.books),
        .tier = view_tier(c, &told->timeline.fold.m) };
    add_given(told, language, a);
    return RC_OK;
}

/* ---- a sale told again ---- */

struct again { const struct purchase_told *told; const struct sql_purchase_get *row; };

struct from_books {
    const struct event *sale;
    const struct sql_award_of *awards;
    const char *language;
};

static bool is_of(const struct sql_award_of_row *a, const struct sql_award_of_row *b)
{
    return a->rule_id == b->rule_id && a->effect_n == b->effect_n && a->unit_id == b->unit_id
        && str_eq(a->subject, b->subject);
}

/* What stands of it, whatever changed it since; 0: nothing, or it was counted with an earlier
 * row. */
static int64_t sum_of(const struct sql_award_of *v, size_t i)
{
    int64_t sum = 0;

    for (size_t k = 0; k < v->n; k++) {
        if (!is_of(&v->rows[k], &v->rows[i])) continue;
        if (k < i) return 0;
        sum += v->rows[k].amount;
    }
    return sum;
}

static void add_awards(struct ctx *c, const struct from_books *in, struct sale_answer *out)
{
    const struct sql_award_of *v = in->awards;
    const struct event *sale = in->sale;
    struct given_view *earned = ARENA_ARRAY(c->arena, struct given_view, v->n + 1);

    for (size_t i = 0; i < v->n; i++) {
        const struct sql_award_of_row *r = &v->rows[i];
        int64_t amount = sum_of(v, i);
        struct why w = { .event = sale, .rule_id = r->rule_id, .effect_n = r->effect_n,
                         .effect = r->effect, .subject = r->subject, .unit_id = r->unit_id,
                         .amount = amount, .basis_minor = r->basis_minor };
        const struct rule *rule = why_rule(c, &w);
        if (amount == 0) continue;
        earned[out->earned_n++] = (struct given_view){
            .rule = api_id(c, "rul", r->rule_id), .name = rule ? rule->name : NULL,
            .effect = r->effect, .unit = api_unit(c, r->unit_id), .tag = r->subject,
            .amount = amount, .basis_minor = r->basis_minor,
            .why = why_given(c, &w, in->language) };
    }
    out->earned = earned;
}

/* What the books say of the sale, with the balances and the tier of today. */
static enum rc answer_from_books(struct ctx *c, const struct sale_telling *in,
                                 const struct again *again, struct sale_answer *a)
{
    const struct purchase_told *told = again->told;
    const struct sql_purchase_get *row = again->row;
    struct sql_award_of awards = { .event_id = told->id, .member_id = told->member_id };
    struct timeline t;
    struct event sale;
    enum rc rc = event_get(c, told->member_id, told->id, &sale);

    if (rc == RC_NOT_FOUND) return broken(c, "purchase.event");
    if (rc == RC_OK) rc = sql_award_of(c, &awards);
    if (rc != RC_OK) return rc;
    timeline_ask_view(&t, c, told->member_id);
    rc = db_sync(c->db);
    if (rc == RC_OK) rc = timeline_open(&t);
    if (rc != RC_OK) return rc;
    *a = (struct sale_answer){
        .id = api_id_owned(c, "pur", (int64_t[]){ told->member_id, told->id }),
        .member = api_id(c, "mem", told->member_id), .at = sale.at,
        .business_date = sale.business_date, .store = api_store(c, sale.store_id),
        .till = row->till, .receipt = row->receipt, .total_minor = row->total_minor,
        .status = row->status, .differences = { .more = JSON_ABSENT },
        .balances = view_balances(c, &t.books), .tier = view_tier(c, &t.fold.m) };
    add_awards(c, &(struct from_books){ &sale, &awards, in->language }, a);
    return RC_OK;
}

/* The first answer, while the sale stands as it was told, to whom may see as much. */
static bool is_true_still(const struct ctx *c, const struct sql_purchase_get *row,
                          const struct answer *first)
{
    int64_t mark = scope_mark(c);
    bool is_theirs = mark == 0 || (mark != -1 && mark == first->store_id);

    return is_theirs && str_eq(row->status, "live");
}

static enum rc answer_again(struct ctx *c, const struct sale_telling *in,
                            const struct purchase_told *told, struct sale_told *out)
{
    struct sale_answer *a = ARENA_NEW(c->arena, struct sale_answer);
    struct sql_purchase_get row = { .id = told->id, .member_id = told->member_id };
    void *asked = answer_ask(c, told->id, told->member_id);
    enum rc rc;

    out->is_repeat = true;
    sql_purchase_get_ask(c, &row);
    rc = db_sync(c->db);
    if (rc != RC_OK) return rc;
    rc = answer_asked(asked, &out->first);
    if (row.rc == RC_NOT_FOUND) return broken(c, "purchase.row");
    if (row.rc != RC_OK) return row.rc;
    if (rc == RC_OK && is_true_still(c, &row, &out->first)) return RC_OK;
    if (rc != RC_OK && rc != RC_NOT_FOUND) return rc;
    rc = answer_from_books(c, in, &(struct again){ told, &row }, a);
    if (rc != RC_OK) return rc;
    out->first = (struct answer){ .status = 201,
                                  .body = answer_render(c, &sale_answer_shape, a) };
    return out->first.body.n > 0 ? RC_OK : fail(c, RC_INTERNAL, "server.answer_too_large");
}

/* ---- telling ---- */

/* A line without a list price was sold at its net. */
static const struct purchase_line *with_list_prices(struct ctx *c, const struct sale_doc *doc)
{
    struct purchase_line *lines = ARENA_ARRAY(c->arena, struct purchase_line, doc->lines_n + 1);

    for (size_t i = 0; i < doc->lines_n; i++) {
        lines[i] = doc->lines[i];
        if (lines[i].list_minor == JSON_ABSENT) lines[i].list_minor = lines[i].net_minor;
    }
    return lines;
}

/* Days of the books: nothing was sold before 1970 or will have been the day after tomorrow. */
static enum rc check_times(struct ctx *c, const struct sale_doc *doc)
{
    int32_t today = date_of(c->conf->zone, c->now);

    if (doc->at != JSON_ABSENT && doc->at < 0)
        return fail_at(c, RC_INVALID, "purchase.at_past", "/at", "must not lie before 1970");
    if (doc->business_date == JSON_ABSENT_DATE) return RC_OK;
    if (doc->business_date >= 0 && doc->business_date <= today + 1) return RC_OK;
    return fail_at(c, RC_INVALID, "purchase.date_invalid", "/business_date",
                   "must not lie before 1970 or after tomorrow");
}

/* The core knows the member by a reference, and the body has it in one place. */
enum rc sale_at_member(struct ctx *c, enum rc rc)
{
    const char *code = c->err.code;

    if (rc == RC_OK || !code) return rc;
    if (str_eq(code, "member.unknown"))
        return api_at(c, rc, "/member", "Nobody is known under this reference.");
    if (str_prefix(code, "member.") || str_prefix(code, "identity."))
        return api_at(c, rc, "/member", NULL);
    return rc;
}

enum rc sale_tell(struct ctx *c, const struct sale_telling *in, struct sale_told *out)
{
    const struct sale_doc *doc = in->doc;
    struct purchase_tell tell = {
        .member = doc->member, .store = doc->store, .till = doc->till ? doc->till : "1",
        .receipt = doc->receipt, .key = in->key, .at = doc->at,
        .business_date = doc->business_date, .total_minor = doc->total_minor,
        .lines = with_list_prices(c, doc), .lines_n = doc->lines_n, .payments = doc->payments,
        .payments_n = doc->payments_n, .channel = doc->channel,
        .identified_by = doc->identified_by };
    struct purchase_told told;
    enum rc rc = check_times(c, doc);

    *out = (struct sale_told){ 0 };
    if (rc == RC_OK) rc = sale_at_member(c, purchase_commit(c, &tell, &told));
    if (rc != RC_OK) return rc;
    out->id = told.id;
    out->member_id = told.member_id;
    out->location = arena_printf(c->arena, "/v1/purchases/%s",
                                 api_id_owned(c, "pur", (int64_t[]){ told.member_id, told.id }));
    if (told.is_repeat) return answer_again(c, in, &told, out);
    struct sale_answer *a = ARENA_NEW(c->arena, struct sale_answer);
    out->answer = a;
    return sale_answer_fresh(c, &told, in->language, a);
}

static enum rc commit(struct ctx *c, struct call *call)
{
    struct sale_telling in = { call->body, call->key, call->language };
    struct sale_told told;
    enum rc rc = sale_tell(c, &in, &told);

    if (rc != RC_OK) return rc;
    call->status = 201;
    call->location = told.location;
    if (told.is_repeat) {
        call->status = told.first.status;
        call->replay = told.first.body;
        call->is_replay = true;
        return RC_OK;
    }
    call->answer = told.answer;
    call->answer_id = told.id;
    call->answer_member_id = told.member_id;
    return RC_OK;
}

/* ---- the lines ---- */

static const struct permission permissions[] = {
    { "purchase.read", { "查詢消費", "look up sales", "購入の照会" } },
    { "purchase.write", { "登錄消費", "tell sales", "購入の登録" } },
    { "purchase.return", { "退貨", "take returns", "返品" } },
    { "purchase.void", { "作廢", "void sales", "取消" } },
    { "purchase.move", { "消費改歸其他會員", "move sales to another member",
                          "購入の別会員への付け替え" } },
};
const struct permission_list purchase_permissions = LISTED(permissions);

static const struct route routes[] = {
    { POST, "/v1/purchases", "purchase.write", COUNTER, KEY_NATURAL,
      NULL, &sale_shape, &sale_answer_shape, commit },
    /* Each item is a write of its own, made while this one waits; their receipts are the keys. */
    { POST, "/v1/purchases/batch", "purchase.write", SLOW, KEY_NONE,
      NULL, &sale_batch_shape, &sale_results_shape, purchase_api_batch },
    { GET, "/v1/purchases", "purchase.read", READ, KEY_NONE,
      &receipt_query_shape, NULL, &purchases_found_shape, purchase_api_find },
    { GET, "/v1/purchases/{purchase}", "purchase.read", READ, KEY_NONE,
      NULL, NULL, &purchase_view_shape, purchase_api_get },
    { POST, "/v1/purchases/{purchase}/returns", "purchase.return", COUNTER, KEY_REQUIRED,
      NULL, &return_shape, &returned_shape, purchase_api_return },
    { POST, "/v1/purchases/{purchase}/void", "purchase.void", COUNTER, KEY_REQUIRED,
      NULL, &void_shape, &returned_shape, purchase_api_void },
    { POST, "/v1/purchases/{purchase}/member", "purchase.move", WRITE, KEY_REQUIRED,
      NULL, &move_shape, &moved_shape, purchase_api_move },
    { GET, "/v1/members/{member}/purchases", "purchase.read", READ, KEY_NONE,
      .list = &purchase_list },
};
const struct route_list purchase_routes = LISTED(routes);
