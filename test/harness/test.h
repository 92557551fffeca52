/* test.h -- the words tests are written in.
 *
 * PURE(a_sentence) { … } needs nothing.  TEST(a_sentence) { … } gets `struct ctx *c`, opened for
 * it alone and closed after it, also when it fails; the same suite runs on both engines.
 * A test registers itself; the runner sorts by file and name. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "base/rc.h"
#include "test/harness/fixture.h"

struct test_case {
    const char *file, *name;
    void (*pure)(void);
    void (*with_ctx)(struct ctx *c);
    struct test_case *next;
};
void test_register(struct test_case *t);

#define TEST_REGISTER_(test, ...)                                                          \
    __attribute__((constructor)) static void test##_register_(void)                        \
    {                                                                                      \
        static struct test_case t = { .file = __FILE__, .name = #test, __VA_ARGS__ };      \
        test_register(&t);                                                                 \
    }

#define PURE(test)                                                                         \
    static void test(void);                                                                \
    TEST_REGISTER_(test, .pure = test)                                                     \
    static void test(void)

#define TEST(test)                                                                         \
    static void test(struct ctx *c);                                                       \
    TEST_REGISTER_(test, .with_ctx = test)                                                 \
    static void test(__attribute__((unused)) struct ctx *c)

/* Where an assertion stands, and its two sides as written. */
struct test_place { const char *file; int line; const char *is, *wanted; };
#define TEST_PLACE_(a, b) (&(struct test_place){ __FILE__, __LINE__, #a, #b })

void test_is_int(const struct test_place *at, int64_t is, int64_t wanted);
void test_is_str(const struct test_place *at, const char *is, const char *wanted);
void test_is_true(const struct test_place *at, bool is);
_Noreturn void test_fail(const struct test_place *at, const char *fmt, ...) PRINTF(2, 3);

#define IS_INT(is, wanted) \
    test_is_int(TEST_PLACE_(is, wanted), (int64_t)(is), (int64_t)(wanted))
#define IS_STR(is, wanted) test_is_str(TEST_PLACE_(is, wanted), (is), (wanted))
#define IS_TRUE(is)        test_is_true(TEST_PLACE_(is, true), (is))
#define IS_FALSE(is)       test_is_true(TEST_PLACE_(is, false), !(is))
#define IS_NULL(is)        test_is_true(TEST_PLACE_(is, NULL), (is) == NULL)
#define NOT_NULL(is)       test_is_true(TEST_PLACE_(is, not NULL), (is) != NULL)
#define FAIL_TEST(...)     test_fail(TEST_PLACE_(, ), __VA_ARGS__)

/* That body ends the process: for what is asserted.  It runs in a child. */
bool test_dies(void (*body)(void));
#define DIES(body) test_is_true(TEST_PLACE_(body, death), test_dies(body))
