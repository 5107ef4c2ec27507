/*
 * Writes the rows of tell_rows.h, or a made-up network of as many hosts, in a
 * format: for readers that are not ours.  "evidence" is text as -v gives it on a
 * terminal with colours.
 *
 *	tell_sample FORMAT [HOSTS [SPREAD]]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tell/tell.h"
#include "tests/unit/array_view.h"
#include "tests/unit/tell_rows.h"

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "text";
	bool evidence = strcmp(name, "evidence") == 0;
	const struct format *format = format_by_name(evidence ? "text" : name);
	size_t hosts = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned spread = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 3;
	struct style style = { .all = !evidence,
		               .case_name = evidence ? NULL : "ward.case",
		               .color = evidence,
		               .verbose = evidence };
	static struct row rows[TELL_ROWS];
	struct array_view sample;
	struct network network;

	if (!format)
		return 2;
	tell_rows(rows);
	array_view_init(&sample, rows, TELL_ROWS);
	network_init(&network, hosts, spread);
	struct view *view = hosts > 0 ? &network.view : &sample.view;
	return tell_view(format, stdout, view, &style) == OK ? 0 : 2;
}
