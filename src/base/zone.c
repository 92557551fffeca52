#include "base/moment.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

#define ZONE_NAME_MAX  64
#define ZONE_STEPS_MAX 1000         /* the busiest zones have some 400 in two centuries */
#define TABLE_FROM     INT64_C(-2208988800000)     /* 1900-01-01 */
#define TABLE_UNTIL    INT64_C(4102444800000)      /* 2100-01-01 */
#define ANY_OFFSET_MS  (26 * INT64_C(3600000))     /* more than any zone was ever away from UTC */

/* From `at` on, local time is UTC plus offset_ms.  The first step reaches back for ever. */
struct step { int64_t at; int64_t offset_ms; };

struct zone {
    struct zone *next;
    char name[ZONE_NAME_MAX];
    size_t n;
    struct step steps[];
};

/* --- building the table -------------------------------------------------------------------- */

/* ICU knows three-letter names that the tz database does not, and means surprising places by them:
 * BST is Dhaka, IST Kolkata, CST Chicago. */
static bool is_surprise(const char *name)
{
    static const char *const surprises[] = {
        "ACT", "AET", "AGT", "ART", "AST", "BET", "BST", "CAT", "CNT", "CST", "CTT", "EAT", "ECT",
        "IET", "IST", "JST", "MIT", "NET", "NST", "PLT", "PNT", "PRT", "PST", "SST", "VST",
        "Etc/Unknown",
    };

    for (size_t i = 0; i < ARRAY_LEN(surprises); i++) {
        if (str_eq(name, surprises[i])) return true;
    }
    return false;
}

/* ucal_open takes any name and falls back to GMT, so the name is looked for first. */
static bool is_known(const char *name)
{
    UErrorCode err = U_ZERO_ERROR;
    UEnumeration *all = ucal_openTimeZones(&err);
    const char *one;
    bool found = false;

    if (is_surprise(name) || str_prefix(name, "SystemV/")) {
        uenum_close(all);
        return false;
    }
    while (!found && U_SUCCESS(err) && (one = uenum_next(all, NULL, &err)) != NULL) {
        found = str_eq(name, one);
    }
    uenum_close(all);
    return found && U_SUCCESS(err);
}

static int64_t icu_offset_ms(UCalendar *cal, int64_t at, UErrorCode *err)
{
    ucal_setMillis(cal, (UDate)at, err);
    return ucal_get(cal, UCAL_ZONE_OFFSET, err) + ucal_get(cal, UCAL_DST_OFFSET, err);
}

static size_t read_steps(UCalendar *cal, struct step *steps, UErrorCode *err)
{
    size_t n = 1;
    UDate next;

    steps[0] = (struct step){ TABLE_FROM, icu_offset_ms(cal, TABLE_FROM, err) };
    while (U_SUCCESS(*err) &&
           ucal_getTimeZoneTransitionDate(cal, UCAL_TZ_TRANSITION_NEXT, &next, err)) {
        int64_t at = (int64_t)next;

        if (at >= TABLE_UNTIL) break;
        assert(n < ZONE_STEPS_MAX);
        steps[n] = (struct step){ at, icu_offset_ms(cal, at, err) };
        n += steps[n].offset_ms != steps[n - 1].offset_ms;
    }
    return n;
}

static struct zone *zone_load(const char *name)
{
    struct step steps[ZONE_STEPS_MAX];
    UChar wide[ZONE_NAME_MAX];
    UErrorCode err = U_ZERO_ERROR;

    u_strFromUTF8(wide, ZONE_NAME_MAX, NULL, name, -1, &err);
    UCalendar *cal = ucal_open(wide, -1, "en", UCAL_GREGORIAN, &err);
    if (U_FAILURE(err)) return NULL;

    size_t n = read_steps(cal, steps, &err);
    ucal_close(cal);
    if (U_FAILURE(err)) return NULL;

    struct zone *z = malloc(sizeof *z + n * sizeof steps[0]);
    if (z == NULL) abort();
    *z = (struct zone){ .n = n };
    memcpy(z->name, name, strlen(name) + 1);
    memcpy(z->steps, steps, n * sizeof steps[0]);
    return z;
}

const struct zone *zone_find(const char *iana_name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct zone *loaded;
    struct zone *z;

    if (iana_name == NULL || strlen(iana_name) >= ZONE_NAME_MAX) return NULL;
    pthread_mutex_lock(&lock);
    for (z = loaded; z != NULL && !str_eq(z->name, iana_name); z = z->next) continue;
    if (z == NULL && is_known(iana_name)) {
        z = zone_load(iana_name);
        if (z != NULL) {
            z->next = loaded;
            loaded = z;
        }
    }
    pthread_mutex_unlock(&lock);
    return z;
}

const char *zone_name(const struct zone *z)
{
    return z->name;
}

/* --- reading it ------------------------------------------------------------------------------ */

/* The step that holds at a moment. */
static size_t step_at(const struct zone *z, int64_t at)
{
    size_t lo = 0, hi = z->n;

    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (z->steps[mid].at <= at) lo = mid;
        else hi = mid;
    }
    return lo;
}

static int64_t local_ms(const struct zone *z, int64_t at)
{
    if (at < TIME_FIRST) at = TIME_FIRST;
    if (at > TIME_NEVER) at = TIME_NEVER;
    return at + z->steps[step_at(z, at)].offset_ms;
}

/* The first moment whose local time is `local` or later.  For a local time that a clock change
 * skips it is the change; for one that comes twice, the first. */
static int64_t first_moment(const struct zone *z, int64_t local)
{
    size_t i = step_at(z, local - ANY_OFFSET_MS);

    for (;; i++) {
        int64_t at = local - z->steps[i].offset_ms;

        if (i > 0 && at < z->steps[i].at) at = z->steps[i].at;
        if (i + 1 == z->n || at < z->steps[i + 1].at) return at;
    }
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t date_of(const struct zone *z, int64_t at)
{
    return (int32_t)floor_div(local_ms(z, at), TIME_DAY_MS);
}

int64_t date_start(const struct zone *z, int32_t date)
{
    return first_moment(z, date * TIME_DAY_MS);
}

int time_minute_of_day(const struct zone *z, int64_t at)
{
    int64_t local = local_ms(z, at);

    return (int)((local - floor_div(local, TIME_DAY_MS) * TIME_DAY_MS) / 60000);
}

int time_offset_min(const struct zone *z, int64_t at)
{
    return (int)floor_div(z->steps[step_at(z, at)].offset_ms, 60000);
}

int32_t date_business(const struct zone *z, int64_t at, int cut_min)
{
    assert(cut_min >= 0 && cut_min < 24 * 60);
    return date_of(z, at) - (time_minute_of_day(z, at) < cut_min);
}

int64_t time_after(const struct zone *z, int64_t at, int n, enum time_unit unit)
{
    int64_t end = date_start(z, date_add(date_of(z, at), n, unit) + 1);

    return end > TIME_NEVER ? TIME_NEVER : end;
}

bool time_parse_local(const struct zone *z, struct str s, int64_t *out)
{
    struct moment m;

    if (!moment_parse(s, &m)) return false;
    if (m.has_offset) return m.has_seconds && moment_utc(&m, out);

    int64_t at = first_moment(z, m.date * TIME_DAY_MS + m.ms_of_day);
    if (at < TIME_FIRST || at > TIME_NEVER) return false;
    *out = at;
    return true;
}
