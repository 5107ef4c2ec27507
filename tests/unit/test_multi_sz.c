/* One name taken out of a list as SvcHost\netsvcs is one. */
#include "mend/multi_sz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

/* UTF-16LE of "a|b||": a bar is a terminator. */
static struct buf
list_of(const char *text)
{
	struct buf b;

	buf_init(&b, 4096);
	for (; *text; text++)
		buf_le16(&b, *text == '|' ? 0 : (uint16_t)(uint8_t)*text);
	return b;
}

static void
expect(const char *list, const char *string, bool found, const char *wanted)
{
	struct buf from = list_of(list);
	struct buf to = list_of(wanted);
	struct buf out;

	buf_init(&out, 4096);
	assert_int_equal(multi_sz_without(buf_span(&from), string, &out), found);
	assert_int_equal(out.len, to.len);
	assert_memory_equal(out.at, to.at, to.len);
	buf_free(&out);
	buf_free(&from);
	buf_free(&to);
}

static void
one_name_goes_and_the_others_stay_in_order(void **state)
{
	(void)state;
	expect("6to4|AppMgmt|twoltm|AudioSrv||", "twoltm", true,
	       "6to4|AppMgmt|AudioSrv||");
	expect("twoltm|AppMgmt||", "twoltm", true, "AppMgmt||");
	expect("AppMgmt|twoltm||", "twoltm", true, "AppMgmt||");
	expect("twoltm||", "twoltm", true, "|");
}

static void
a_name_is_taken_letter_for_letter(void **state)
{
	(void)state;
	expect("Ias|IAS|las||", "ias", false, "Ias|IAS|las||");
	expect("Ias|las||", "las", true, "Ias||");
	expect("AppMgmtx|AppMgm|xAppMgmt||", "AppMgmt", false,
	       "AppMgmtx|AppMgm|xAppMgmt||");
}

static void
each_of_twins_goes(void **state)
{
	(void)state;
	expect("a|b|a|c||", "a", true, "b|c||");
}

static void
however_the_list_ends_it_stays_so(void **state)
{
	(void)state;
	expect("a|b|c", "c", true, "a|b|");
	expect("a|b|", "b", true, "a|");
	expect("a|b||||", "a", true, "b||||");
	expect("a||b||", "a", true, "|b||");
}

static void
half_a_unit_at_the_end_stays(void **state)
{
	struct buf from = list_of("a|b||");
	struct buf out;

	(void)state;
	buf_u8(&from, 0x41);
	buf_init(&out, 4096);
	assert_true(multi_sz_without(buf_span(&from), "a", &out));
	assert_int_equal(out.len, 7);
	assert_memory_equal(out.at, "b\0\0\0\0\0A", 7);
	buf_free(&out);
	buf_free(&from);
}

static void
an_empty_name_and_an_empty_list_have_nothing_to_take(void **state)
{
	(void)state;
	expect("", "a", false, "");
	expect("||", "", false, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_name_goes_and_the_others_stay_in_order),
		cmocka_unit_test(a_name_is_taken_letter_for_letter),
		cmocka_unit_test(each_of_twins_goes),
		cmocka_unit_test(however_the_list_ends_it_stays_so),
		cmocka_unit_test(half_a_unit_at_the_end_stays),
		cmocka_unit_test(an_empty_name_and_an_empty_list_have_nothing_to_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
