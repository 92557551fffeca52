/* office_days.c -- the lists of days that come with the program.
 *
 * tw_office: 政府行政機關辦公日曆表, the days on which offices in Taiwan are closed beside weekends, and
 * the Saturdays that are made up for.  2025 (as revised on 13 June 2025) and 2026 as the Executive
 * Yuan published them; 2027 computed by the same rules (a holiday on a Saturday is made up for on
 * the working day before, one on a Sunday on the next, of the Spring Festival on the next), and to
 * be compared with the published table before it is relied upon. */
#include "app/calendar/calendar.h"
#include "base/time.h"

static const struct { struct civil day; const char *name, *is; } tw_office[] = {
    { { 2025, 1, 1 }, "開國紀念日", "holiday" },
    { { 2025, 1, 27 }, "春節調整放假", "holiday" },
    { { 2025, 1, 28 }, "農曆除夕", "holiday" },
    { { 2025, 1, 29 }, "春節", "holiday" },
    { { 2025, 1, 30 }, "春節", "holiday" },
    { { 2025, 1, 31 }, "春節", "holiday" },
    { { 2025, 2, 8 }, "補行上班日", "workday" },
    { { 2025, 2, 28 }, "和平紀念日", "holiday" },
    { { 2025, 4, 3 }, "兒童節及民族掃墓節補假", "holiday" },
    { { 2025, 4, 4 }, "兒童節及民族掃墓節", "holiday" },
    { { 2025, 5, 30 }, "端午節補假", "holiday" },
    { { 2025, 5, 31 }, "端午節", "holiday" },
    { { 2025, 9, 28 }, "孔子誕辰紀念日/教師節", "holiday" },
    { { 2025, 9, 29 }, "孔子誕辰紀念日/教師節補假", "holiday" },
    { { 2025, 10, 6 }, "中秋節", "holiday" },
    { { 2025, 10, 10 }, "國慶日", "holiday" },
    { { 2025, 10, 24 }, "臺灣光復暨金門古寧頭大捷紀念日補假", "holiday" },
    { { 2025, 10, 25 }, "臺灣光復暨金門古寧頭大捷紀念日", "holiday" },
    { { 2025, 12, 25 }, "行憲紀念日", "holiday" },
    { { 2026, 1, 1 }, "開國紀念日", "holiday" },
    { { 2026, 2, 15 }, "農曆除夕前一日", "holiday" },
    { { 2026, 2, 16 }, "農曆除夕", "holiday" },
    { { 2026, 2, 17 }, "春節", "holiday" },
    { { 2026, 2, 18 }, "春節", "holiday" },
    { { 2026, 2, 19 }, "春節", "holiday" },
    { { 2026, 2, 20 }, "農曆除夕前一日補假", "holiday" },
    { { 2026, 2, 27 }, "和平紀念日補假", "holiday" },
    { { 2026, 2, 28 }, "和平紀念日", "holiday" },
    { { 2026, 4, 3 }, "兒童節補假", "holiday" },
    { { 2026, 4, 4 }, "兒童節", "holiday" },
    { { 2026, 4, 5 }, "民族掃墓節", "holiday" },
    { { 2026, 4, 6 }, "民族掃墓節補假", "holiday" },
    { { 2026, 5, 1 }, "勞動節", "holiday" },
    { { 2026, 6, 19 }, "端午節", "holiday" },
    { { 2026, 9, 25 }, "中秋節", "holiday" },
    { { 2026, 9, 28 }, "孔子誕辰紀念日/教師節", "holiday" },
    { { 2026, 10, 9 }, "國慶日補假", "holiday" },
    { { 2026, 10, 10 }, "國慶日", "holiday" },
    { { 2026, 10, 25 }, "臺灣光復暨金門古寧頭大捷紀念日", "holiday" },
    { { 2026, 10, 26 }, "臺灣光復暨金門古寧頭大捷紀念日補假", "holiday" },
    { { 2026, 12, 25 }, "行憲紀念日", "holiday" },
    { { 2027, 1, 1 }, "開國紀念日", "holiday" },
    { { 2027, 2, 4 }, "農曆除夕前一日", "holiday" },
    { { 2027, 2, 5 }, "農曆除夕", "holiday" },
    { { 2027, 2, 6 }, "春節", "holiday" },
    { { 2027, 2, 7 }, "春節", "holiday" },
    { { 2027, 2, 8 }, "春節", "holiday" },
    { { 2027, 2, 9 }, "春節補假", "holiday" },
    { { 2027, 2, 10 }, "春節補假", "holiday" },
    { { 2027, 2, 28 }, "和平紀念日", "holiday" },
    { { 2027, 3, 1 }, "和平紀念日補假", "holiday" },
    { { 2027, 4, 4 }, "兒童節", "holiday" },
    { { 2027, 4, 5 }, "民族掃墓節", "holiday" },
    { { 2027, 4, 6 }, "兒童節補假", "holiday" },
    { { 2027, 4, 30 }, "勞動節補假", "holiday" },
    { { 2027, 5, 1 }, "勞動節", "holiday" },
    { { 2027, 6, 9 }, "端午節", "holiday" },
    { { 2027, 9, 15 }, "中秋節", "holiday" },
    { { 2027, 9, 28 }, "孔子誕辰紀念日/教師節", "holiday" },
    { { 2027, 10, 10 }, "國慶日", "holiday" },
    { { 2027, 10, 11 }, "國慶日補假", "holiday" },
    { { 2027, 10, 25 }, "臺灣光復暨金門古寧頭大捷紀念日", "holiday" },
    { { 2027, 12, 24 }, "行憲紀念日補假", "holiday" },
    { { 2027, 12, 25 }, "行憲紀念日", "holiday" },
    { { 2027, 12, 31 }, "開國紀念日補假", "holiday" },
};

const struct calendar_days *calendar_list(struct arena *a, const char *name)
{
    struct calendar_days *list = ARENA_NEW(a, struct calendar_days);
    struct calendar_day *items = ARENA_ARRAY(a, struct calendar_day, ARRAY_LEN(tw_office));

    if (!str_eq(name, "tw_office")) return NULL;
    for (size_t i = 0; i < ARRAY_LEN(tw_office); i++)
        items[i] = (struct calendar_day){ date_from_civil(tw_office[i].day), tw_office[i].name,
                                          tw_office[i].is };
    *list = (struct calendar_days){ items, ARRAY_LEN(tw_office) };
    return list;
}
