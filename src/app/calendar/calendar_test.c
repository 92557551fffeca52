/* Calendars: which days they make what, by which version, and whose word counts. */
#include "app/calendar/calendar.h"
#include "core/ctx.h"
#include "core/rule/rule.h"
#include "test/harness/broken.h"
#include "test/harness/test.h"

#define GIVE(n) "\"then\":[{\"points.grant\":{\"unit\":\"points\",\"amount\":" #n "}}]}"

static void calendar(struct ctx *c, const char *doc)
{
    IS_INT(shop_put(c, &(struct config_put){ .kind = &calendar_kind, .effective_at = 0 }, doc),
           RC_OK);
}

/* 1 for a holiday, 10 for a working day, 100 for the anniversary. */
static void rules(struct ctx *c)
{
    shop_rule(c, "{\"name\":\"holiday\",\"on\":\"purchase\",\"when\":{\"var\":\"now.holiday\"},"
                 GIVE(1));
    shop_rule(c, "{\"name\":\"workday\",\"on\":\"purchase\",\"when\":{\"var\":\"now.workday\"},"
                 GIVE(10));
    shop_rule(c, "{\"name\":\"own\",\"on\":\"purchase\",\"when\":{\"in\":[\"anniversary\","
                 "{\"var\":\"now.days\"}]}," GIVE(100));
}

static int64_t gives(struct ctx *c, int64_t m, const char *date)
{
    int64_t id;

    c->now = shop_at(c, arena_printf(c->arena, "%sT12:00", date));
    id = shop_buy(c, &(struct shop_sale){ .member_id = m, .at = c->now, .total_minor = 100 });
    return shop_i64(c, "SELECT COALESCE(SUM(amount), 0) FROM award WHERE event_id = %lld",
                    (long long)id);
}

TEST(office_days_are_holidays_and_a_saturday_made_up_for_is_worked)
{
    static const struct { const char *date; int64_t gives; } days[] = {
        { "2025-01-27", 1 }, { "2025-02-03", 10 }, { "2025-02-08", 10 }, { "2025-02-15", 0 },
        { "2025-09-28", 1 }, { "2025-09-29", 1 }, { "2026-02-20", 1 }, { "2026-02-21", 0 },
        { "2026-02-23", 10 }, { "2026-10-09", 1 }, { "2026-10-10", 1 }, { "2027-12-31", 1 },
    };

    shop_basics(c);
    calendar(c, "{\"code\":\"office\",\"name\":\"o\",\"include\":\"tw_office\"}");
    rules(c);
    int64_t m = shop_member(c, "1");
    for (size_t i = 0; i < ARRAY_LEN(days); i++)
        if (gives(c, m, days[i].date) != days[i].gives) FAIL_TEST("%s", days[i].date);
    shop_check(c, m);
}

TEST(without_a_calendar_the_week_decides)
{
    shop_basics(c);
    rules(c);
    int64_t m = shop_member(c, "1");
    IS_INT(gives(c, m, "2026-06-19"), 10);               /* a Friday, and a festival */
    IS_INT(gives(c, m, "2026-06-20"), 0);
}

TEST(the_brands_own_calendar_goes_before_the_offices)
{
    shop_basics(c);
    calendar(c, "{\"code\":\"office\",\"name\":\"o\",\"include\":\"tw_office\"}");
    calendar(c, "{\"code\":\"own\",\"name\":\"b\",\"days\":["
                "{\"date\":\"2026-06-19\",\"name\":\"open\",\"is\":\"workday\"},"
                "{\"date\":\"2026-10-10\",\"name\":\"anniversary\",\"is\":\"special\"}]}");
    rules(c);
    int64_t m = shop_member(c, "1");
    IS_INT(gives(c, m, "2026-06-19"), 10);
    IS_INT(gives(c, m, "2026-10-10"), 101);              /* special takes nothing away */
}

/* What happened is judged by the calendar of its moment, also when it is folded again. */
TEST(another_version_changes_no_day_that_was)
{
    shop_basics(c);
    calendar(c, "{\"code\":\"own\",\"name\":\"b\",\"days\":[{\"date\":\"2026-05-05\",\"name\":"
                "\"feast\",\"is\":\"holiday\"}]}");
    rules(c);
    int64_t m = shop_member(c, "1"), id = conf_item_by_code(c->conf, &calendar_kind, "own")->id;
    IS_INT(gives(c, m, "2026-05-05"), 1);
    c->now = shop_at(c, "2026-05-06T09:00");
    IS_INT(shop_put(c, &(struct config_put){ .kind = &calendar_kind, .id = id, .if_version = 1,
                                             .effective_at = JSON_ABSENT },
                    "{\"code\":\"own\",\"name\":\"b\",\"days\":[{\"date\":\"2026-05-07\",\"name\":"
                    "\"feast\",\"is\":\"holiday\"}]}"), RC_OK);
    IS_INT(gives(c, m, "2026-05-07"), 1);
    c->now = shop_at(c, "2026-05-08T09:00");
    IS_INT(shop_put(c, &(struct config_put){ .kind = &calendar_kind, .id = id, .if_version = 2,
                                             .effective_at = JSON_ABSENT, .is_archived = true },
                    "{\"code\":\"own\",\"name\":\"b\",\"days\":[{\"date\":\"2026-05-11\",\"name\":"
                    "\"feast\",\"is\":\"holiday\"}]}"), RC_OK);
    IS_INT(gives(c, m, "2026-05-11"), 10);               /* nobody wants it any more */
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = shop_at(c, "2026-05-01T12:00"),
                                     .total_minor = 100 });
    IS_INT(shop_balance(c, m, "points"), 1 + 1 + 10 + 10);
    shop_buy(c, &(struct shop_sale){ .member_id = m, .at = shop_at(c, "2026-05-05T18:00"),
                                     .total_minor = 100 });
    IS_INT(shop_balance(c, m, "points"), 22 + 1);        /* late, and a feast in its day */
    shop_check(c, m);
    calendar(c, "{\"code\":\"new\",\"name\":\"n\",\"days\":[{\"date\":\"2026-05-07\",\"name\":"
                "\"anniversary\",\"is\":\"workday\"}]}");   /* holds from the beginning */
    shop_check(c, m);
}

/* ---- each statement broken ------------------------------------------------------------------ */

static void a_calendar(struct ctx *c, struct scene *s)
{
    const char *doc = arena_printf(c->arena, "{\"code\":\"L-%s\",\"name\":\"L\"}", s->card);

    IS_INT(shop_put(c, &(struct config_put){ .kind = &calendar_kind,
                                             .effective_at = JSON_ABSENT }, doc), RC_OK);
    s->param = scene_id(c, "cal", shop_i64(c, "SELECT MAX(id) FROM config_object"
                                             " WHERE kind = 'calendar'"));
    s->if_match = "1";
}

static struct write_case cases[] = {
    { "POST /v1/calendars", NULL, "{\"code\":\"L-POST\",\"name\":\"L\",\"include\":"
      "\"tw_office\"}", NULL, NULL },
    { "PUT /v1/calendars/{calendar}", NULL, "{\"code\":\"L-CARD\",\"name\":\"LL\"}", a_calendar,
      NULL },
    { "POST /v1/calendars/{calendar}/archive", NULL, NULL, a_calendar, NULL },
};
BROKEN_CASES(cases)
