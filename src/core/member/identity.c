/* identity.c -- how people are written down: one writing for each. */
#include "core/ctx.h"
#include "core/member/member.h"

#include <string.h>

#include "base/invoice.h"
#include "base/limit.h"
#include "base/phone.h"
#include "core/config/conf.h"

enum { AGE_YEARS_MAX = 130 };                /* nobody lived to see 123 */

/* ext:<system>: letters, digits, - and _ after the colon. */
bool identity_provider_ok(const char *s)
{
    static const char *const known[] = { "phone", "email", "card", "carrier" };

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_eq(s, known[i])) return true;
    if (!str_prefix(s, "ext:") || !s[4]) return false;
    for (const char *p = s + 4; *p; p++)
        if (!(*p == '-' || *p == '_' || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z')))
            return false;
    return true;
}

/* A number that is canonical already is what a till repeats all day: nothing to parse. */
static bool is_e164_mobile_tw(const char *s)
{
    if (!str_prefix(s, "+8869")) return false;
    for (size_t i = 5; i < 13; i++)
        if (s[i] < '0' || s[i] > '9') return false;
    return s[13] == '\0';
}

static const char *fold_phone(const struct identity_fold *f, char *text, const char **subject)
{
    char e164[PHONE_TEXT_MAX];
    enum phone_kind kind;

    *subject = text;
    if (is_e164_mobile_tw(text)) return NULL;
    if (!phone_parse(text, f->conf->phone_region, e164, &kind)) return "This is no phone number.";
    *subject = arena_strdup(f->arena, e164);
    return NULL;
}

static const char *fold_email(const struct identity_fold *f, char *text, const char **subject)
{
    char *at = strchr(text, '@');

    (void)f;
    if (!at || at == text || !at[1]) return "This is no e-mail address.";
    for (char *p = text; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a');
    *subject = text;
    return NULL;
}

static const char *fold_card(const struct identity_fold *f, char *text, const char **subject)
{
    char *narrow = arena_alloc(f->arena, strlen(text) + 1);
    size_t n = 0;

    text_narrow(str_of(text), narrow);
    for (; narrow[n]; n++) {
        char ch = narrow[n];
        bool ok = (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z')
               || ch == '-';
        if (!ok) return "A card number is letters, digits and hyphens.";
    }
    *subject = narrow;
    return n <= LIMIT_CODE ? NULL : "A card number has at most 64 signs.";
}

static const char *fold_carrier(const struct identity_fold *f, char *text, const char **subject)
{
    char carrier[CARRIER_TEXT_MAX];

    if (!carrier_parse(text, carrier))
        return "An invoice carrier is / and seven of 0-9, A-Z, +, - and the point.";
    *subject = arena_strdup(f->arena, carrier);
    return NULL;
}

const char *identity_fold(const struct identity_fold *f, const char **subject)
{
    struct str s = str_trim(str_of(f->told.subject));
    char *text = arena_strndup(f->arena, s.p, s.n);

    if (s.n == 0 || s.n > LIMIT_TEXT)            return "It is empty or too long.";
    if (str_eq(f->told.provider, "phone"))   return fold_phone(f, text, subject);
    if (str_eq(f->told.provider, "email"))   return fold_email(f, text, subject);
    if (str_eq(f->told.provider, "card"))    return fold_card(f, text, subject);
    if (str_eq(f->told.provider, "carrier")) return fold_carrier(f, text, subject);
    *subject = text;
    return NULL;
}

enum rc identity_canonical(struct ctx *c, const struct identity *in, const char **subject)
{
    struct identity_fold fold = { .conf = c->conf, .arena = c->arena, .told = *in };

    if (!identity_provider_ok(in->provider))
        return fail_at(c, RC_INVALID, "identity.provider_unknown", "/provider",
                       "Use phone, email, card, carrier or ext:<system>.");
    const char *why = identity_fold(&fold, subject);
    return why ? fail_at(c, RC_INVALID, "identity.subject_invalid", "/subject", why) : RC_OK;
}

/* People may keep their year to themselves; a leap year stands in, for the 29th of February. */
bool birthday_ok(const struct ctx *c, const char *text)
{
    int32_t day, today = date_of(c->conf->zone, c->now);
    char whole[11];

    if (date_parse(str_of(text), &day))
        return day <= today && day >= date_add(today, -AGE_YEARS_MAX, TIME_YEARS);
    if (!str_prefix(text, "--") || strlen(text) != 7) return false;
    memcpy(whole, "2000-", 5);
    memcpy(whole + 5, text + 2, 6);
    return date_parse(str_of(whole), &day);
}
