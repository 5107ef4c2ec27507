#include "know/microsoft_roots.h"

#include "know/find.h"

const struct microsoft_root *
microsoft_root(const char *thumbprint)
{
	return know_find(thumbprint, microsoft_roots, microsoft_roots_count,
	                 sizeof microsoft_roots[0]);
}
