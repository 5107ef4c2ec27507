# A thin front for meson and ninja; all that is built lies in build/.
#
#	make            build/confine, after installing what building needs
#	make run        scan TARGETS="10.0.0.0/24 ..." into CASE, or the built-in lab
#	make test       every test; the last line counts them
#	make check      the checks of the sources alone: shape, layout, linters, deeper
#	                than `make test` has the time for
#	make windows    build/windows/{i686,x86_64}/confine.exe
#	make sanitize   build/sanitize/confine, with ASan and UBSan
#	make fuzz       every fuzz target, SECONDS_TOTAL shared among them
#	make faults     a failure, a kill and a power cut at every step of what changes
#	make bench      the figures of bench/RESULTS.md
#	make format     lays the C sources out
#	make install    to PREFIX (/usr/local), under DESTDIR
#	make clean

CASE ?= confine-case.db
PAGE ?= confine-report.html
TARGETS ?=
SECONDS_TOTAL ?= 600
PREFIX ?= /usr/local

.PHONY: all need build run test check windows sanitize fuzz-build fuzz faults bench \
	format install clean

all: build
	@echo "build/confine is ready; try: make run"

build:
	@tools/need.sh build
	@tools/build.sh build -Dprefix=$(PREFIX)

run: build
	@tools/run.sh "$(CASE)" "$(PAGE)" $(TARGETS)

test:
	@tools/need.sh build test windows
	@python3 tests/run.py

check: build
	@tools/need.sh test
	@python3 tests/run.py --deep check

windows:
	@tools/need.sh build windows
	@tools/build.sh build/windows/i686 --cross-file cross/i686.ini
	@tools/build.sh build/windows/x86_64 --cross-file cross/x86_64.ini
	@python3 tools/check_imports.py build/windows/i686/confine.exe \
	    build/windows/x86_64/confine.exe

# At -O1 gcc does not see what bounds a text, and warns of texts that do fit.
sanitize:
	@tools/need.sh build test
	@tools/build.sh build/sanitize -Db_sanitize=address,undefined -Db_lundef=false \
	    -Doptimization=1 -Dc_args=-Wno-format-truncation

fuzz-build:
	@tools/need.sh build test
	@CC=clang tools/build.sh build/fuzz -Dfuzz=true -Db_lundef=false \
	    -Db_sanitize=address,undefined

fuzz: fuzz-build
	@tools/run_fuzz.sh build/fuzz $(SECONDS_TOTAL)

faults: build
	@tools/need.sh build test
	@python3 tests/faults/run.py

bench: build
	@tools/need.sh bench
	@python3 bench/run.py
	@python3 bench/run_check.py
	@python3 bench/run_clean.py
	@python3 bench/run_logons.py

format:
	@tools/need.sh test
	@git ls-files -z -c -o --exclude-standard '*.c' '*.h' | xargs -0 clang-format -i

install: build
	@meson install -C build --quiet

clean:
	@rm -rf build
