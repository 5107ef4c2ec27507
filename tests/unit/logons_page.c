/*
 * Writes the page of `logons` on the outbreak of logons_sample.h, for a browser.
 *
 *	logons_page ATTACKERS OTHERS UNAUDITED
 */
#include <stdlib.h>

#include "tell/logons.h"
#include "tests/unit/logons_sample.h"

int
main(int argc, char **argv)
{
	struct style style = { .color = false };
	struct logons_sample sample;

	if (argc != 4)
		return 2;
	logons_sample_init(&sample, strtoul(argv[1], NULL, 10),
	                   strtoul(argv[2], NULL, 10));
	logons_sample_deafen(&sample, strtoul(argv[3], NULL, 10));
	enum err err = logons_html(stdout, &sample.told, &style);
	logons_sample_free(&sample);
	return err == OK ? 0 : 2;
}
