/* The runner: regulars-test --engine sqlite|postgres [--only SUBSTRING] [--list] [--no-pure].
 *
 * cmocka runs the tests (its setjmp, its leaks, its signals); what it prints is put aside, because
 * a failure is to be one line with its reason, and a green run one line in all.
 *
 * A failed test is left by a jump: what it had open stays open (memory, threads, connections, a
 * clock of its own).  The rest is run by a fresh image of this program, which has none of it. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/str.h"
#include "test/harness/test.h"

static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };

struct options { const char *engine, *only; bool list, no_pure; };

static struct {
    struct options opt;
    struct test_case *first, *running;
    struct ctx *c;
    FILE *out;                              /* the real standard output */
    struct sigaction old[ARRAY_LEN(signals)];
    char reason[4096];
    bool ended;
    int at, passed, failed;                 /* at: how many tests were begun */
} run;

/* Until there is a fixture.c, tests with a database cannot run, and say so. */
__attribute__((weak)) struct ctx *fixture_open(const char *engine)
{
    (void)engine;
    return NULL;
}

__attribute__((weak)) void fixture_close(struct ctx *c)
{
    (void)c;
}

__attribute__((weak)) void fixture_abandon(void)
{
}

void test_register(struct test_case *t)
{
    t->next = run.first;
    run.first = t;
}

/* --- assertions ---------------------------------------------------------------------------- */

_Noreturn void test_fail(const struct test_place *at, const char *fmt, ...)
{
    va_list args;
    int n = snprintf(run.reason, sizeof run.reason, "%s:%d: ", at->file, at->line);

    va_start(args, fmt);
    vsnprintf(run.reason + n, sizeof run.reason - (size_t)n, fmt, args);
    va_end(args);
    _fail(at->file, at->line);
    abort();                                /* not reached: cmocka jumps out of the test */
}

void test_is_int(const struct test_place *at, int64_t is, int64_t wanted)
{
    if (is == wanted) return;
    test_fail(at, "%s is %lld, wanted %s = %lld", at->is, (long long)is, at->wanted,
              (long long)wanted);
}

void test_is_str(const struct test_place *at, const char *is, const char *wanted)
{
    if (is == NULL ? wanted == NULL : wanted != NULL && strcmp(is, wanted) == 0) return;
    test_fail(at, "%s is \"%s\", wanted \"%s\"", at->is, is == NULL ? "(null)" : is,
              wanted == NULL ? "(null)" : wanted);
}

void test_is_true(const struct test_place *at, bool is)
{
    if (!is) test_fail(at, "%s is not %s", at->is, at->wanted);
}

bool test_dies(void (*body)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        /* Its last words would look like ours. */
        if (freopen("/dev/null", "w", stderr) == NULL) _exit(0);
        signal(SIGABRT, SIG_DFL);
        body();
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) != 0);
}

/* --- one test ------------------------------------------------------------------------------ */

/* cmocka turns a crash into a failed test; a sanitizer's report with its stack says more. */
static void give_crashes_back(void)
{
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) sigaction(signals[i], &run.old[i], NULL);
}

static void body(void **state)
{
    struct test_case *t = *state;

    give_crashes_back();
    if (t->pure != NULL) {
        t->pure();
    } else {
        run.c = fixture_open(run.opt.engine);
        if (run.c == NULL) {
            test_fail(&(struct test_place){ .file = t->file }, "no fixture for %s",
                      run.opt.engine);
        }
        t->with_ctx(run.c);
    }
    run.ended = true;
}

static int before(void **state)
{
    run.running = *state;
    run.at++;
    run.ended = false;
    run.reason[0] = '\0';
    run.c = NULL;
    return 0;
}

/* This program again, from the next test on. */
_Noreturn static void go_on_afresh(void)
{
    char first[16], passed[16], failed[16];
    const char *argv[] = { "regulars-test", "--engine", run.opt.engine, "--go-on", first, passed,
                           failed, NULL, NULL, NULL, NULL };
    size_t n = 7;
    sigset_t none;

    snprintf(first, sizeof first, "%d", run.at);
    snprintf(passed, sizeof passed, "%d", run.passed);
    snprintf(failed, sizeof failed, "%d", run.failed);
    if (run.opt.no_pure) argv[n++] = "--no-pure";
    if (run.opt.only != NULL) {
        argv[n++] = "--only";
        argv[n++] = run.opt.only;
    }
    fixture_abandon();
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    if (dup2(fileno(run.out), STDOUT_FILENO) >= 0)
        execv("/proc/self/exe", (char *const *)(uintptr_t)argv);
    _exit(2);
}

static int after(void **state)
{
    const struct test_case *t = *state;

    run.running = NULL;
    run.passed += run.ended;
    run.failed += !run.ended;
    if (!run.ended) {
        fprintf(run.out, "FAIL %s %s\n     %s\n", t->file, t->name,
                run.reason[0] != '\0' ? run.reason : "an assertion of cmocka's own");
        fflush(run.out);
        go_on_afresh();
    }
    if (run.c != NULL) fixture_close(run.c);
    return 0;
}

/* An assert() or a sanitizer ends the whole run; at least say where it was. */
static void last_words(int sig)
{
    static const char said[] = "\nDIED in ";
    const char *name = run.running == NULL ? "no test" : run.running->name;

    if (write(STDERR_FILENO, said, sizeof said - 1) < 0 ||
        write(STDERR_FILENO, name, strlen(name)) < 0 || write(STDERR_FILENO, "\n", 1) < 0) {
        _exit(2);
    }
    signal(sig, SIG_DFL);
    raise(sig);
}

/* A sanitizer's report ends in abort() too, so that it goes through last_words. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "abort_on_error=1";
}

const char *__ubsan_default_options(void)
{
    return "abort_on_error=1:print_stacktrace=1";
}

/* --- all of them --------------------------------------------------------------------------- */

static int by_file_and_name(const void *a, const void *b)
{
    const struct CMUnitTest *x = a, *y = b;
    const struct test_case *s = x->initial_state, *t = y->initial_state;
    int files = strcmp(s->file, t->file);

    return files != 0 ? files : strcmp(s->name, t->name);
}

static bool is_wanted(const struct test_case *t)
{
    if (run.opt.no_pure && t->pure != NULL) return false;
    return run.opt.only == NULL || strstr(t->name, run.opt.only) != NULL ||
           strstr(t->file, run.opt.only) != NULL;
}

static size_t collect(struct CMUnitTest **out)
{
    size_t n = 0, i = 0;

    for (const struct test_case *t = run.first; t != NULL; t = t->next) n += is_wanted(t);
    struct CMUnitTest *tests = calloc(n + 1, sizeof *tests);
    if (tests == NULL) abort();
    for (struct test_case *t = run.first; t != NULL; t = t->next) {
        if (is_wanted(t)) tests[i++] = (struct CMUnitTest){ t->name, body, before, after, t };
    }
    if (n > 0) qsort(tests, n, sizeof *tests, by_file_and_name);
    *out = tests;
    return n;
}

static void list(const struct CMUnitTest *tests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct test_case *t = tests[i].initial_state;

        printf("%s %s%s\n", t->file, t->name, t->pure != NULL ? "" : " (c)");
    }
}

static void set_aside_cmocka(void)
{
    int real = dup(STDOUT_FILENO);

    run.out = real < 0 ? NULL : fdopen(real, "w");
    if (run.out == NULL || freopen("/dev/null", "w", stdout) == NULL) abort();
    cmocka_set_message_output(CM_OUTPUT_TAP);       /* the one format that is all on stdout */
    for (size_t i = 0; i < ARRAY_LEN(signals); i++) sigaction(signals[i], NULL, &run.old[i]);
    signal(SIGABRT, last_words);
}

/* Tests that open a whole database make its secret; it lies nowhere else than here. */
static char secret_file[64];

static void drop_secret(void)
{
    unlink(secret_file);
}

static void keep_secret_apart(void)
{
    snprintf(secret_file, sizeof secret_file, "/tmp/regulars-test.%d.secret", (int)getpid());
    setenv("REGULARS_SECRET_FILE", secret_file, 1);
    atexit(drop_secret);
}

static int number(const char *text)
{
    int64_t n = 0;

    return str_to_i64(str_of(text), &n) ? (int)n : 0;
}

static bool read_options(int argc, char **argv)
{
    run.opt.engine = "sqlite";
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;

        if (strcmp(argv[i], "--list") == 0)                     run.opt.list = true;
        else if (strcmp(argv[i], "--no-pure") == 0)             run.opt.no_pure = true;
        else if (strcmp(argv[i], "--engine") == 0 && more)      run.opt.engine = argv[++i];
        else if (strcmp(argv[i], "--only") == 0 && more)        run.opt.only = argv[++i];
        else if (strcmp(argv[i], "--go-on") == 0 && i + 3 < argc) {
            run.at = number(argv[++i]);
            run.passed = number(argv[++i]);
            run.failed = number(argv[++i]);
        }
        else return false;
    }
    return strcmp(run.opt.engine, "sqlite") == 0 || strcmp(run.opt.engine, "postgres") == 0;
}

int main(int argc, char **argv)
{
    struct CMUnitTest *tests;

    if (!read_options(argc, argv)) {
        fprintf(stderr, "usage: %s --engine sqlite|postgres [--only SUBSTRING] [--list] "
                        "[--no-pure]\n", argv[0]);
        return 2;
    }
    size_t n = collect(&tests);
    if (run.opt.list) {
        list(tests, n);
    } else {
        set_aside_cmocka();
        keep_secret_apart();
        size_t first = (size_t)run.at < n ? (size_t)run.at : n;
        if (first < n)
            _cmocka_run_group_tests("regulars", tests + first, n - first, NULL, NULL);
        fprintf(run.out, "%s: %d passed, %d failed\n", run.opt.engine, run.passed, run.failed);
        fclose(run.out);
    }
    free(tests);
    return run.failed > 0;
}
