#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reach/volume_tree_facts.h"

/* As Samba 4 writes it: version 4, attributes and two times valid, 0x26. */
static const uint8_t of_samba_4[] = {
	0x00, 0x00, 0x04, 0x00, 0x04, 0x00, 0x00, 0x00, 0x51, 0x00, 0x00,
	0x00, 0x26, 0x00, 0x00, 0x00, 0xd0, 0x84, 0xb1, 0xd9, 0xe8, 0xa8,
	0xd9, 0x01, 0xd0, 0x84, 0xb1, 0xd9, 0xe8, 0xa8, 0xd9, 0x01,
};

static bool
samba_says(const void *bytes, size_t len, uint32_t *attributes)
{
	return facts_samba_attributes(span_of(bytes, len), attributes);
}

static void
both_forms_of_samba_are_read_and_no_other(void **state)
{
	uint8_t wrong[sizeof of_samba_4];
	uint32_t is = 0;

	(void)state;
	assert_true(samba_says(of_samba_4, sizeof of_samba_4, &is));
	assert_int_equal(is, 0x26);
	for (size_t len = 0; len < 16; len++)
		assert_false(samba_says(of_samba_4, len, &is));
	memcpy(wrong, of_samba_4, sizeof wrong);
	wrong[8] = 0x50; /* attributes are not among what is valid */
	assert_false(samba_says(wrong, sizeof wrong, &is));
	wrong[8] = 0x51;
	wrong[2] = wrong[4] = 6;
	assert_false(samba_says(wrong, sizeof wrong, &is));
	assert_true(samba_says("0x2F", 5, &is));
	assert_int_equal(is, 0x2F);
	assert_true(samba_says("0xabcdef98", 10, &is));
	assert_int_equal(is, 0xabcdef98);
	assert_false(samba_says("0x", 2, &is));
	assert_false(samba_says("0x1234567890", 12, &is));
	assert_false(samba_says("0x2g", 4, &is));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms_of_samba_are_read_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
