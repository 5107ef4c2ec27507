#include "know/variants.h"

#include "know/find.h"

const struct variant *
variant_find(const char *letter)
{
	return know_find(letter, variants_known, variants_known_count,
	                 sizeof variants_known[0]);
}
