#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "know/fragile.h"

static void
every_row_is_whole_and_none_overlaps_the_next(void **state)
{
	(void)state;
	for (size_t i = 0; i < fragile_ports_count; i++) {
		const struct fragile_ports *p = &fragile_ports[i];

		assert_true(p->from > 0);
		assert_true(p->from <= p->to);
		assert_true(i == 0 || fragile_ports[i - 1].to < p->from);
		assert_true(strlen(p->what) > 0);
		assert_true(strlen(p->sources) > 0);
		assert_true(port_is_fragile(p->from));
		assert_true(port_is_fragile(p->to));
	}
}

static void
printers_controllers_and_medical_devices_are_left_alone(void **state)
{
	static const uint16_t ports[] = { 102,   104,   502,   515,   631,   2222,
		                          2404,  2575,  4840,  9100,  9107,  9600,
		                          11112, 20000, 34962, 34964, 44818, 47808 };

	(void)state;
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		assert_true(port_is_fragile(ports[i]));
}

static void
their_neighbours_are_not(void **state)
{
	static const uint16_t ports[] = { 0,    80,   101,   103,   445,  3389,
		                          9099, 9108, 34961, 34965, 65535 };

	(void)state;
	for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
		assert_false(port_is_fragile(ports[i]));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole_and_none_overlaps_the_next),
		cmocka_unit_test(
		    printers_controllers_and_medical_devices_are_left_alone),
		cmocka_unit_test(their_neighbours_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
