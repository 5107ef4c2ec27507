/* A PE file off somebody's disk: headers, version, and the worm's shape. */
#include <stdlib.h>

#include "format/pe.h"
#include "look/worm_file_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span file = span_of(bytes, len);
	struct pe_source source = pe_source_of(&file);
	struct pe_version version;
	struct pe pe;
	bool is_signed = false;
	bool is_packed = false;
	uint32_t names = 0;

	if (pe_read(&source, &pe) != PE_OK)
		return 0;
	if (pe.section_count > PE_SECTIONS_MOST ||
	    (pe.entry_section >= pe.section_count && pe.entry_section != PE_NO_SECTION))
		abort();
	/* What is in memory can always be read. */
	if (pe_version(&source, &pe, &version) == PE_UNREAD ||
	    pe_is_signed(&source, &pe, &is_signed) != PE_OK ||
	    pe_export_names(&source, &pe, &names) != PE_OK ||
	    worm_file_is_packed(&source, &pe, &is_packed) != PE_OK)
		abort();
	return 0;
}
