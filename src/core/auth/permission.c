#include "core/auth/permission.h"
#include "core/ctx.h"

#include <stdio.h>
#include <string.h>

static struct { const struct permission *list[PERMISSIONS_MAX]; size_t n; } registry;

static size_t position(struct str name)
{
    size_t i = 0;

    while (i < registry.n && !str_is(name, registry.list[i]->name)) i++;
    return i;
}

static int number_of(struct str name)
{
    size_t i = position(name);

    return i < registry.n ? (int)i : -1;
}

int permission_number(const char *name)
{
    return number_of(str_of(name));
}

bool permission_has(const struct may *may, int number)
{
    return number >= 0 && (may->bits[number / 64] >> (number % 64) & 1) != 0;
}

const struct permission *permission_at(size_t n)
{
    return n < registry.n ? registry.list[n] : NULL;
}

/* ---- boot ---- */

static enum rc add_all(const struct feature *f, char err[static 256])
{
    for LIST_EACH(i, f->permissions) {
        const struct permission *p = &f->permissions->items[i];
        if (permission_number(p->name) >= 0) continue;
        if (registry.n == PERMISSIONS_MAX) {
            snprintf(err, 256, "more than %d permissions: %s", PERMISSIONS_MAX, p->name);
            return RC_INVALID;
        }
        registry.list[registry.n++] = p;
    }
    return RC_OK;
}

static enum rc check_routes(const struct feature *f, char err[static 256])
{
    for LIST_EACH(i, f->routes) {
        const struct route *r = &f->routes->items[i];
        if (str_eq(r->may, PUBLIC) || (r->may != NULL && permission_number(r->may) >= 0)) continue;
        snprintf(err, 256, "route %s: permission \"%s\" is not registered", r->path,
                 r->may == NULL ? "(none)" : r->may);
        return RC_INVALID;
    }
    return RC_OK;
}

enum rc permission_open(const struct feature *const *list, char err[static 256])
{
    enum rc rc = RC_OK;

    registry.n = 0;
    for (size_t i = 0; rc == RC_OK && list[i] != NULL; i++) rc = add_all(list[i], err);
    for (size_t i = 0; rc == RC_OK && list[i] != NULL; i++) rc = check_routes(list[i], err);
    return rc;
}

/* ---- names in a row ---- */

static struct str next_name(const char **p)
{
    struct str name;

    *p += strspn(*p, ", ");
    name = (struct str){ *p, strcspn(*p, ", ") };
    *p += name.n;
    return name;
}

bool permission_parse(struct arena *a, const char *names, const char **unknown)
{
    struct str name = next_name(&names);

    *unknown = "";
    if (name.n == 0) return false;
    for (; name.n > 0; name = next_name(&names)) {
        if (str_is(name, "all") || number_of(name) >= 0) continue;
        *unknown = arena_strndup(a, name.p, name.n);
        return false;
    }
    return true;
}

struct may permission_set(const char *names)
{
    struct may out = { 0 };

    for (struct str name = next_name(&names); name.n > 0; name = next_name(&names)) {
        int number = number_of(name);
        if (str_is(name, "all")) return MAY_ALL;
        if (number >= 0) out.bits[number / 64] |= UINT64_C(1) << (number % 64);
    }
    return out;
}
