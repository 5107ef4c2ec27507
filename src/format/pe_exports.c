#include "format/pe_exports.h"

#include <string.h>

#include "format/pe_window.h"

#define DIRECTORY_LEN 40
#define NAME_MOST 128

/* Does the string at `rva` say `name`, to its end? */
static enum pe_error
name_is(const struct pe_source *source, const struct pe *pe, uint32_t rva,
        const char *name, bool *out)
{
	char there[NAME_MOST];
	size_t len = strlen(name) + 1;
	uint64_t at = 0;

	*out = false;
	if (len > sizeof there)
		return PE_OK;
	if (!pe_offset(pe, rva, &at))
		return PE_TRUNCATED;
	enum pe_error error = pe_take(source, at, there, len);
	*out = error == PE_OK && memcmp(there, name, len) == 0;
	/* A shorter name may stand at the very end of the file. */
	return error == PE_UNREAD ? error : PE_OK;
}

enum pe_error
pe_exports(const struct pe_source *source, const struct pe *pe, const char *name,
           bool *out)
{
	uint8_t bytes[DIRECTORY_LEN];
	uint64_t at = 0;

	*out = false;
	if (pe->exports.rva == 0)
		return PE_OK;
	if (!pe_offset(pe, pe->exports.rva, &at))
		return PE_TRUNCATED;
	enum pe_error error = pe_take(source, at, bytes, sizeof bytes);
	if (error != PE_OK)
		return error;
	struct span s = span_of(bytes, sizeof bytes);
	(void)span_cut(&s, 24);
	uint32_t count = span_le32(&s);
	(void)span_le32(&s); /* the functions themselves */
	uint32_t names = span_le32(&s);
	if (count > 0 && !pe_offset(pe, names, &at))
		return PE_TRUNCATED;
	for (uint32_t i = 0; i < count && i < PE_EXPORTS_MOST; i++) {
		uint8_t rva[4];

		error = pe_take(source, at + 4ull * i, rva, sizeof rva);
		struct span number = span_of(rva, sizeof rva);
		if (error == PE_OK)
			error = name_is(source, pe, span_le32(&number), name, out);
		if (error != PE_OK || *out)
			return error;
	}
	return count > PE_EXPORTS_MOST ? PE_TOO_BIG : PE_OK;
}
