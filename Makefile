# handset: build, check, install.  `make help` lists the targets.
VERSION := 0.1.0

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d
INSTALL ?= install

# One kind of build per variant, each with objects of its own: `make sanitize` is the whole Makefile with VARIANT=asan.
VARIANT ?= release
FUZZ_SECONDS ?= 10

# Warnings are errors in CI.
WERROR ?= $(filter true,$(CI))

# All cores, unless the caller says how many or names goals that must come one after the other (clean all).
ifneq ($(filter 0 1,$(words $(MAKECMDGOALS))),)
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
endif
MAKEFLAGS += --no-builtin-rules

# A word a file, or with V=1 the commands; with -s nothing.
Q := $(if $(filter 1,$(V)),,@)
say = @$(if $(or $(filter 1,$(V)),$(findstring s,$(firstword -$(MAKEFLAGS)))),:,printf '  %-7s %s\n')

# What the user gives (CC, CFLAGS, CPPFLAGS, LDFLAGS, LDLIBS) is kept apart from what handset needs.
ifeq ($(origin CC),default)
CC := $(if $(filter fuzz,$(VARIANT)),clang,gcc)
endif
CFLAGS ?= -O2 -g
takes = $(shell $(CC) $(1) -Werror -E -x c /dev/null >/dev/null 2>&1 && echo $(1))

warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 \
	-Wundef -Wwrite-strings -Wpointer-arith -Wcast-align -Wredundant-decls -Wnested-externs -Winit-self \
	$(if $(WERROR),-Werror)

hardening := -fPIE -fstack-protector-strong $(call takes,-fstack-clash-protection) $(call takes,-fcf-protection)
hardening_link := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
# A level of _FORTIFY_SOURCE in the user's flags holds; else the highest that compiler and libc take without a warning:
# they give one where nothing is optimized.
fortified = $(shell echo '\#include <stdlib.h>' | $(CC) $(CPPFLAGS) $(CFLAGS) $(1) -Werror -E -x c - >/dev/null 2>&1 && echo $(1))
level = $(call fortified,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(1))
fortify := $(if $(findstring _FORTIFY_SOURCE,$(CC) $(CPPFLAGS) $(CFLAGS)),,$(or $(call level,3),$(call level,2)))

cflags.asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ldflags.asan := $(cflags.asan)
cflags.fuzz := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
ldflags.fuzz := -fsanitize=fuzzer,address,undefined
# Every other variant is a release: that of a cross compiler, for instance.
ifeq ($(filter asan fuzz,$(VARIANT)),)
cppflags.$(VARIANT) := $(fortify)
cflags.$(VARIANT) := $(hardening)
ldflags.$(VARIANT) := $(hardening_link)
endif

# Files, offsets and times have 64 bits on machines of 32 as well.
cppflags := -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DHANDSET_VERSION='"$(VERSION)"' -Isrc $(cppflags.$(VARIANT)) $(CPPFLAGS)
cflags := -std=gnu11 $(warnings) $(cflags.$(VARIANT)) $(CFLAGS)
ldflags := $(ldflags.$(VARIANT)) $(LDFLAGS)
ldlibs := $(LDLIBS)

# A feature that is optional is a choice of files: those of the other choice are left out here, for instance
# `excluded += src/net/tls_openssl.c` unless TLS=1, which leaves out src/net/tls_none.c and adds to ldlibs.
excluded :=

build := build/$(VARIANT)
sources := $(filter-out $(excluded),$(sort $(wildcard src/*.c src/*/*.c)))
objects := $(sources:%.c=$(build)/%.o)
parts := $(filter-out $(build)/src/main.o,$(objects))

unit_sources := $(sort $(wildcard tests/unit/*.c))
unit_tests := $(patsubst tests/unit/%.c,$(build)/unit/%,$(filter tests/unit/test_%,$(unit_sources)))
unit_helpers := $(patsubst %.c,$(build)/%.o,$(filter-out tests/unit/test_%,$(unit_sources)))
fuzz_targets := $(patsubst tests/fuzz/%.c,$(build)/fuzz/%,$(sort $(wildcard tests/fuzz/*.c)))
bench_programs := $(patsubst tests/bench/%.c,$(build)/bench/%,$(sort $(wildcard tests/bench/*.c)))

.PHONY: all check lint demo sanitize unit fuzz bench bench-programs fuzz-targets install uninstall clean dist help FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: handset

help:
	@printf '%s\n' \
		'make             build ./handset' \
		'make check       the tests: units, behavior, documents; ends with "N passed, N failed"' \
		'make lint        what developers hold themselves to; make check lint does both' \
		'make demo        move a tar stream over loopback with the trace on' \
		'make sanitize    build build/asan/handset with the address and undefined behavior sanitizers' \
		'make fuzz        fuzz the pure code, FUZZ_SECONDS=10 for each target (clang)' \
		'make bench       measure handset beside its peers, in ten minutes; ARGS=--quick in one, ARGS=--help' \
		'make install     into PREFIX=/usr/local, below DESTDIR; BINDIR, MANDIR, BASHCOMPDIR, ZSHCOMPDIR, FISHCOMPDIR' \
		'make uninstall, make clean, make dist' \
		'V=1 shows commands, WERROR=1 makes warnings errors, CC CFLAGS CPPFLAGS LDFLAGS LDLIBS are yours'

handset: build/release/handset
	$(say) COPY $@
	$(Q)cp $< $@.new && mv -f $@.new $@

$(build)/handset: $(objects)
	$(say) LD $@
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(ldlibs)

# A change of the flags rebuilds what was built with others.
$(build)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$FLAGS" | cmp -s - $@ || printf '%s\n' "$$FLAGS" >$@
$(build)/flags: export FLAGS := $(CC) $(cppflags) $(cflags) $(ldflags) $(ldlibs)

$(build)/%.o: %.c $(build)/flags
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(cppflags) $(cflags) -MMD -MP -c -o $@ $<

$(build)/unit/%: $(build)/tests/unit/%.o $(unit_helpers) $(parts)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(ldlibs)

$(build)/fuzz/%: $(build)/tests/fuzz/%.o $(parts)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(ldlibs)

$(build)/bench/%: $(build)/tests/bench/%.o
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(cflags) $(ldflags) -o $@ $^ $(ldlibs)

unit: $(unit_tests)
fuzz-targets: $(fuzz_targets)
bench-programs: $(bench_programs)

sanitize:
	+@$(MAKE) --no-print-directory VARIANT=asan build/asan/handset unit

# Both at once are one run, with one last line.
check: all unit
	@tests/run check $(filter lint,$(MAKECMDGOALS))

ifeq ($(filter check,$(MAKECMDGOALS)),)
lint: all
	@tests/run lint
endif

demo: all
	@tests/demo.sh

fuzz:
	+@$(MAKE) --no-print-directory VARIANT=fuzz fuzz-targets
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run

bench: all bench-programs
	@tests/bench/run $(ARGS)

install: all
	$(INSTALL) -D -m 755 handset $(DESTDIR)$(BINDIR)/handset
	$(INSTALL) -D -m 644 man/handset.1 $(DESTDIR)$(MANDIR)/man1/handset.1
	$(INSTALL) -D -m 644 completions/handset.bash $(DESTDIR)$(BASHCOMPDIR)/handset
	$(INSTALL) -D -m 644 completions/_handset $(DESTDIR)$(ZSHCOMPDIR)/_handset
	$(INSTALL) -D -m 644 completions/handset.fish $(DESTDIR)$(FISHCOMPDIR)/handset.fish

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/handset $(DESTDIR)$(MANDIR)/man1/handset.1 $(DESTDIR)$(BASHCOMPDIR)/handset \
		$(DESTDIR)$(ZSHCOMPDIR)/_handset $(DESTDIR)$(FISHCOMPDIR)/handset.fish

clean:
	rm -rf build handset handset-*.tar.gz

dist:
	git archive --prefix=handset-$(VERSION)/ -o handset-$(VERSION).tar.gz HEAD

-include $(objects:.o=.d) $(wildcard $(build)/tests/*/*.d)
