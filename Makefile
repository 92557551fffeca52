# Regulars, out of tree: everything made lands in build/.  `make help` names the targets.
#   MODE=debug (default; ASan and UBSan) | release (hardened)     CC=gcc (default) | clang
#   INFO=-g   variables for gdb (debug)   DIRS="src/base"   only these folders        BUILD=elsewhere   products in another place
MAKEFLAGS += --no-builtin-rules
SHELL     := /bin/bash
MODE      ?= debug
DIRS      ?= src
BUILD     ?= build
ifeq ($(origin CC),default)
CC        := gcc
endif
CLANG     := $(findstring clang,$(CC))
CXX       := $(if $(CLANG),clang++,g++)
OUT       := $(BUILD)/$(if $(CLANG),clang-)$(MODE)
GEN       := $(BUILD)/gen

# --- flags -----------------------------------------------------------------------------------
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wvla -Walloca -Wundef \
  -Wformat=2 -Wimplicit-fallthrough -Wcast-qual -Wpointer-arith -Wwrite-strings -Wdate-time \
  -Wno-missing-field-initializers -Werror
WARN_C := -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
ifeq ($(CLANG),)
WARN   += -Wduplicated-cond -Wlogical-op -Wtrampolines -Wbidi-chars=any -Wformat-overflow=2
WARN_C += -Wuse-after-free=3
endif

ifeq ($(MODE),release)
FLAGS := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection \
  -fstack-protector-strong -fno-delete-null-pointer-checks -fno-strict-overflow \
  -fno-strict-aliasing -fexceptions -fPIE
ifeq ($(CLANG),)
FLAGS += -ftrivial-auto-var-init=zero
endif
ifeq ($(shell uname -m),x86_64)
FLAGS += -fcf-protection=full
else ifeq ($(shell uname -m),aarch64)
FLAGS += -mbranch-protection=standard
endif
LDFLAGS := -pie -Wl,-z,nodlopen -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--as-needed \
  -Wl,--no-copy-dt-needed-entries
SQLITE_FLAGS := $(FLAGS)
else ifeq ($(MODE),debug)
SAN   := -fsanitize=address,undefined -fno-sanitize-recover=all
# Half of the compiler's time went into describing variables; INFO=-g has them, for gdb.
INFO  ?= -g1
FLAGS := -Og $(INFO) -fno-omit-frame-pointer $(SAN) -DREGULARS_TEST
LDFLAGS := $(SAN)
# Undefined behaviour inside SQLite is not ours to find; memory errors we cause through it are.
SQLITE_FLAGS := -O1 $(INFO) -fno-omit-frame-pointer -fsanitize=address -DSQLITE_ENABLE_API_ARMOR
else
$(error MODE is debug or release)
endif

PKGS    := libmicrohttpd jansson libpq libsodium icu-i18n icu-uc libcurl libcrypto
PKG_INC := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(PKGS)))
LIBS    := $(shell pkg-config --libs $(PKGS)) -lphonenumber -lpthread -lm
INC     := -Isrc -I$(GEN) -isystem $(BUILD)/sqlite $(PKG_INC)
CFLAGS  := -std=c17 -D_GNU_SOURCE -pthread $(INC) $(WARN) $(WARN_C) $(FLAGS)
CXXFLAGS := -std=c++17 -pthread $(INC) $(WARN) $(FLAGS)

# --- what there is ---------------------------------------------------------------------------
SOURCES  := $(sort $(shell find $(DIRS) -name '*.c' -o -name '*.cc'))
TESTS    := $(filter %_test.c,$(SOURCES))
HARNESS  := $(sort $(wildcard test/harness/*.c))
SQL      := $(sort $(shell find $(DIRS) -name '*.sql'))
PARTS    := $(filter-out %_test.c src/main.c,$(SOURCES))
MAIN     := $(wildcard src/main.c)
MIGRATIONS := $(sort $(wildcard migrations/[0-9]*.sql))

sql_of    = $(GEN)/sql/$(basename $(notdir $(1)))_sql
SQL_C    := $(foreach s,$(SQL),$(call sql_of,$(s)).c) $(GEN)/sql/sql_index.c
SQL_TEST := $(filter %_test_sql.c,$(SQL_C))
GEN_C    := $(filter-out $(SQL_TEST),$(SQL_C)) $(GEN)/migrations.c
GEN_H    := $(GEN_C:.c=.h) $(SQL_TEST:.c=.h) $(BUILD)/sqlite/sqlite3.h
object    = $(patsubst %,$(OUT)/%.o,$(basename $(patsubst $(GEN)/%,gen/%,$(1))))
OBJECTS  := $(call object,$(PARTS) $(GEN_C)) $(OUT)/sqlite3.o
TEST_OBJECTS := $(call object,$(TESTS) $(HARNESS) $(SQL_TEST))

# --- targets ---------------------------------------------------------------------------------
.PHONY: all test-bin objects tidy bench bench-bin clean help sqlite
all: $(if $(MAIN),$(OUT)/regulars) $(BUILD)/tools/tidy
test-bin: $(OUT)/regulars-test
# Ours alone, linked to nothing: for a second compiler's opinion.
objects: $(filter-out %/sqlite3.o,$(OBJECTS)) $(call object,$(MAIN)) \
  $(if $(filter debug,$(MODE)),$(TEST_OBJECTS))
sqlite: $(BUILD)/sqlite/sqlite3.h

$(OUT)/regulars: $(call object,$(MAIN)) $(OBJECTS) $(OUT)/linked
	$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
$(OUT)/regulars-test: $(TEST_OBJECTS) $(OBJECTS) $(OUT)/linked
	$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS) -lcmocka

# Generated headers come before anything that may include them; -MMD takes over afterwards.
$(OUT)/%.o: %.c $(OUT)/flags | $(GEN_H)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(if $(filter test/% bench/% %_test.c,$<),-I.) -MMD -MP -c -o $@ $<
$(OUT)/%.o: %.cc $(OUT)/flags | $(GEN_H)
	@mkdir -p $(@D)
	$(CXX) $(CXXFLAGS) -MMD -MP -c -o $@ $<
$(OUT)/gen/%.o: $(GEN)/%.c $(OUT)/flags | $(GEN_H)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

# A change of flags is a change of everything made with them; a file gone, of what it was in.
note_change = mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
$(OUT)/flags: FORCE
	@$(call note_change,$(CC) $(CFLAGS) $(SQLITE_FLAGS) $(SQLITE_DEFINES))
$(OUT)/linked: FORCE
	@$(call note_change,$(MAIN) $(OBJECTS) $(TEST_OBJECTS))
FORCE:

# --- generated code --------------------------------------------------------------------------
TOOL_CC := $(CC) -std=c17 -D_GNU_SOURCE -Isrc -O1 -g $(WARN) $(WARN_C)

define sql_rule
$(call sql_of,$(1)).h $(call sql_of,$(1)).c &: $(1) $(BUILD)/tools/sqlgen
	@mkdir -p $(GEN)/sql
	$(BUILD)/tools/sqlgen $(1) $(call sql_of,$(1)).h $(call sql_of,$(1)).c
endef
$(foreach s,$(SQL),$(eval $(call sql_rule,$(s))))
$(GEN)/sql/list: FORCE
	@$(call note_change,$(SQL))
$(GEN)/sql/sql_index.h $(GEN)/sql/sql_index.c &: $(SQL) $(GEN)/sql/list $(BUILD)/tools/sqlgen
	$(BUILD)/tools/sqlgen --index $(GEN)/sql/sql_index.h $(GEN)/sql/sql_index.c $(SQL)

$(GEN)/migrations.c $(GEN)/migrations.h &: $(MIGRATIONS) migrations $(BUILD)/tools/embed
	@mkdir -p $(GEN)
	$(BUILD)/tools/embed migrations $(GEN)/migrations.c -C migrations $(notdir $(MIGRATIONS))

TIDY_C := $(sort $(wildcard tools/tidy/*.c)) src/base/arena.c src/base/str.c src/base/buf.c \
  src/base/log.c src/base/time.c
$(BUILD)/tools/tidy: $(TIDY_C) $(wildcard tools/tidy/*.h src/base/*.h)
	@mkdir -p $(@D)
	$(TOOL_CC) -Itools -o $@ $(TIDY_C)
$(BUILD)/tools/%: tools/%.c
	@mkdir -p $(@D)
	$(TOOL_CC) -o $@ $<

# --- SQLite: two files out of a package, compiled with our own defines -------------------------
SQLITE_DEFINES := -DSQLITE_DQS=0 -DSQLITE_THREADSAFE=2 -DSQLITE_DEFAULT_MEMSTATUS=0 \
  -DSQLITE_DEFAULT_WAL_SYNCHRONOUS=2 -DSQLITE_DEFAULT_SYNCHRONOUS=2 -DSQLITE_MAX_EXPR_DEPTH=1000 \
  -DSQLITE_LIKE_DOESNT_MATCH_BLOBS -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE \
  -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_TRUSTED_SCHEMA=0 -DSQLITE_STRICT_SUBTYPE=1 \
  -DSQLITE_TEMP_STORE=2 -DHAVE_FDATASYNC=1 -DHAVE_USLEEP=1

$(BUILD)/sqlite/sqlite3.c $(BUILD)/sqlite/sqlite3.h &: tools/thirdparty/package-lock.json
	@mkdir -p $(BUILD)/thirdparty $(BUILD)/sqlite
	cp tools/thirdparty/package.json tools/thirdparty/package-lock.json $(BUILD)/thirdparty/
	cd $(BUILD)/thirdparty && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	awk '/^#define SQLITE_VERSION_NUMBER/ { ok = $$3 >= 3053000 } END { exit !ok }' \
	  $(BUILD)/thirdparty/node_modules/better-sqlite3/deps/sqlite3/sqlite3.h
	cp $(BUILD)/thirdparty/node_modules/better-sqlite3/deps/sqlite3/sqlite3.[ch] $(BUILD)/sqlite/
$(OUT)/sqlite3.o: $(BUILD)/sqlite/sqlite3.c $(OUT)/flags
	$(CC) -std=gnu17 -w $(SQLITE_FLAGS) $(SQLITE_DEFINES) -c -o $@ $<

# --- the rest --------------------------------------------------------------------------------
tidy: $(BUILD)/tools/tidy
	$(BUILD)/tools/tidy .
# The floors know nothing of the product; the rest shares its code.
BENCH := $(addprefix $(OUT)/bench/,seed rows record requests load empty floor_sqlite floor_postgres \
  floor_identify)
SINKS := $(addprefix $(OUT)/bench/,sink_sqlite.o sink_postgres.o)
bench:
	@BUILD=$(BUILD) bench/run $(PART)
bench-bin: all $(BENCH)
$(OUT)/bench/seed: $(OUT)/bench/world.o $(SINKS) $(OBJECTS)
$(OUT)/bench/rows: $(SINKS) $(OUT)/sqlite3.o
$(OUT)/bench/record: $(OBJECTS)
$(OUT)/bench/requests: $(OUT)/bench/world.o $(OBJECTS)
$(OUT)/bench/load: $(OUT)/bench/world.o
$(OUT)/bench/empty: $(OBJECTS)
$(OUT)/bench/floor_identify: $(OUT)/bench/world.o $(OBJECTS)
$(OUT)/bench/floor_sqlite: $(OUT)/bench/world.o $(OUT)/bench/tape.o $(OUT)/sqlite3.o
$(OUT)/bench/floor_postgres: $(OUT)/bench/world.o $(OUT)/bench/tape.o
$(BENCH): $(OUT)/bench/%: $(OUT)/bench/%.o
	$(CXX) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
clean:
	rm -rf $(BUILD)
help:
	@sed -n '1,3p' Makefile
	@echo "targets: all test-bin objects tidy bench sqlite clean help; see also ./dev help"

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
