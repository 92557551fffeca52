/* place.c -- which ladder is in force, and where a level stands on it.
 *
 * Members hold a level, not a place: a ladder with another level below, or without theirs, gives
 * nobody another one.  Where a level stands is asked of the ladder in force whenever it is needed,
 * so an edit touches no member. */
#include "app/tier/tier_int.h"

static bool is_seen(const struct tier_when *w, const struct ladder *l)
{
    return l->config_version <= w->config_version && l->effective_at <= w->at;
}

/* They lie in the order in which they come into force. */
static const struct ladder *newest(const struct tier_when *w, bool is_to_be_read)
{
    const struct ladders *all = conf_view(w->conf, &tier_kind);

    for (size_t i = all ? all->n : 0; i-- > 0;)
        if (is_seen(w, all->items[i]) && !(is_to_be_read && all->items[i]->is_unreadable))
            return all->items[i];
    return NULL;
}

const struct ladder *tier_ladder(const struct tier_when *w)
{
    const struct ladder *l = newest(w, false);

    return l && !l->is_unreadable ? l : NULL;
}

const struct ladder *tier_stairs(const struct tier_when *w)
{
    return newest(w, true);
}

static const struct tier_level *level_on(const struct ladder *l, int64_t id)
{
    for (size_t i = 0; i < l->levels_n; i++)
        if (l->levels[i].id == id) return &l->levels[i];
    return NULL;
}

/* The edit's word; else the highest level that asks no more than the one that went. */
static const struct tier_level *instead(const struct ladder *l, const struct tier_level *gone)
{
    const struct tier_level *best = NULL;

    for (size_t i = 0; i < l->removed_n; i++)
        if (l->removed[i].level_id == gone->id) return level_on(l, l->removed[i].to_id);
    for (size_t i = 0; i < l->levels_n; i++)
        if (l->levels[i].threshold_minor <= gone->threshold_minor) best = &l->levels[i];
    return best;
}

/* From the last ladder that had it, edit by edit.  (One that comes later has it only if a node
 * whose clock is ahead judged by it.) */
static const struct tier_level *follow(const struct tier_when *w, const struct ladder *l,
                                       int64_t id)
{
    const struct ladders *all = conf_view(w->conf, &tier_kind);
    const struct ladder *const *items = all->items;
    const struct tier_level *level = NULL;
    size_t upto = 0, next;

    while (items[upto] != l) upto++;
    next = upto;
    while (next > 0 && !level)
        if (is_seen(w, items[--next])) level = level_on(items[next], id);
    if (!level) next = upto;
    for (size_t i = upto + 1; i < all->n && !level; i++) level = level_on(items[i], id);
    for (; next <= upto && level; next++) {
        if (!is_seen(w, items[next]) || items[next]->is_unreadable) continue;
        const struct tier_level *same = level_on(items[next], level->id);
        level = same ? same : instead(items[next], level);
    }
    return level;
}

int64_t tier_place(const struct tier_when *w, int64_t level_id)
{
    const struct ladder *l = level_id ? tier_stairs(w) : NULL;
    const struct tier_level *level = l ? level_on(l, level_id) : NULL;

    if (l && !level) level = follow(w, l, level_id);
    return level ? level - l->levels + 1 : 0;
}

const char *tier_code(const struct conf *conf, int64_t level_id)
{
    const struct ladders *all = conf_view(conf, &tier_kind);

    for (size_t i = all ? all->n : 0; i-- > 0;) {
        const struct tier_level *level = level_on(all->items[i], level_id);
        if (level) return level->code;
    }
    return NULL;
}
