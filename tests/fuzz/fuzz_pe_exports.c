/* The names that a PE file exports: the search has an end, and finds what is there. */
#include <stdlib.h>
#include <string.h>

#include "format/pe_exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span file = span_of(bytes, len);
	struct pe_source source = pe_source_of(&file);
	struct pe pe;
	bool has = false;

	if (pe_read(&source, &pe) != PE_OK)
		return 0;
	enum pe_error error = pe_exports(&source, &pe, "delnodexn", &has);
	if (has && (error != PE_OK || !memmem(bytes, len, "delnodexn", 10)))
		abort();
	return 0;
}
