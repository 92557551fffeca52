/* feature.c -- one view over what all features bring. */
#include "core/event/event_kind.h"
#include "core/feature.h"

#include <assert.h>
#include <pthread.h>

#include "core/event/task.h"
#include "core/rule/rule.h"
#include "core/rule/rule_int.h"
#include "core/timeline/track.h"

enum { FIELDS_MAX = 512 };
static const struct field *fields[FIELDS_MAX];
static size_t fields_n;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void gather(void)
{
    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->fields) {
            assert(fields_n < FIELDS_MAX);
            fields[fields_n++] = &features[i]->fields->items[k];
        }
}

size_t field_count(void)
{
    pthread_once(&once, gather);
    return fields_n;
}

const struct field *field_at(size_t i)
{
    assert(i < field_count());
    return fields[i];
}

int field_index(const char *name)
{
    for (size_t i = 0; i < field_count(); i++)
        if (str_eq(fields[i]->name, name)) return (int)i;
    return -1;
}

const struct effect *effect_find(const char *name)
{
    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->effects)
            if (str_eq(features[i]->effects->items[k]->name, name))
                return features[i]->effects->items[k];
    return NULL;
}

bool event_is_known(const char *name)
{
    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->events)
            if (str_eq(features[i]->events->items[k].name, name)) return true;
    return false;
}

const struct track *track_find(void)
{
    for (size_t i = 0; features[i]; i++)
        if (features[i]->track) return features[i]->track;
    return NULL;
}

enum rc event_details(struct ctx *c, int64_t member_id, struct event_list *events, size_t max)
{
    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->events) {
            const struct event_kind *kind = &features[i]->events->items[k];
            enum rc rc = kind->load ? kind->load(c, member_id, events, max) : RC_OK;
            if (rc != RC_OK) return rc;
        }
    return RC_OK;
}

const struct task_kind *task_kind_find(const char *name)
{
    for (size_t i = 0; features[i]; i++)
        for LIST_EACH(k, features[i]->tasks)
            if (str_eq(features[i]->tasks->items[k]->name, name))
                return features[i]->tasks->items[k];
    return NULL;
}
