#include "fake_content.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fake_parts.h"
#include "lab/inert_dll.h"
#include "lab/stock_dll.h"

static void
put_text(const char *text, struct buf *out)
{
	buf_text(out, text);
	buf_text(out, "\r\n");
}

static void
put_utf16(const char *text, struct buf *out)
{
	buf_utf16(out, text);
	buf_utf16(out, "\r\n");
}

static void
put_file(const char *name, struct buf *out)
{
	char path[512];
	uint8_t chunk[4096];
	size_t got = 0;

	snprintf(path, sizeof path, "%s/%s", TEST_DATA, name);
	FILE *f = fopen(path, "rb");
	if (!f)
		fail_msg("cannot open %s", path);
	while ((got = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_put(out, chunk, got);
	fclose(f);
}

static void
put_inert(const char *seed, struct buf *out)
{
	assert_int_equal(inert_dll(out, strtoull(seed, NULL, 0)), OK);
}

static void
put_stock(const char *words, struct buf *out)
{
	struct stock_dll dll = { .company = "Microsoft Corporation",
		                 .branch = "xpsp.080413-2111",
		                 .time_stamp = 1208131815 };
	char name[64];
	char version[64];
	char *at = version;

	assert_true(fake_word(&words, name, sizeof name));
	assert_true(fake_word(&words, version, sizeof version));
	dll.name = name;
	for (size_t i = 0; i < 4; i++) {
		dll.version[i] = (uint16_t)strtoul(at, &at, 10);
		assert_int_equal(*at, i < 3 ? '.' : 0);
		at += i < 3;
	}
	assert_int_equal(stock_dll(out, &dll), OK);
}

static void
put_vendor(const char *words, struct buf *out)
{
	struct stock_dll dll = { .version = { 1, 2, 3, 4 }, .time_stamp = 1208131815 };
	char name[64];

	assert_true(fake_word(&words, name, sizeof name));
	while (*words == ' ')
		words++;
	dll.name = name;
	dll.company = words;
	assert_int_equal(stock_dll(out, &dll), OK);
}

bool
fake_content(const char *kind, const char *words, struct buf *out)
{
	static const struct {
		const char *kind;
		void (*put)(const char *words, struct buf *);
	} kinds[] = {
		{ "bytes", fake_hex },    { "data", put_file }, { "inert", put_inert },
		{ "stock", put_stock },   { "text", put_text }, { "utf16", put_utf16 },
		{ "vendor", put_vendor },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (strcmp(kinds[i].kind, kind) == 0) {
			kinds[i].put(words, out);
			return true;
		}
	}
	return false;
}
