/* What format/pe makes of files: one JSON object a line, for the end-to-end tests. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/own.h"
#include "format/pe.h"

#define LINE_MOST 65536

static enum heard
read_file(void *with, uint64_t offset, void *to, size_t len, size_t *got)
{
	FILE *f = with;

	*got = fseek(f, (long)offset, SEEK_SET) == 0 ? fread(to, 1, len, f) : 0;
	return HEARD;
}

static void
text(struct json *j, const char *key, const char *value)
{
	json_key(j, key);
	json_text(j, value);
}

static void
number(struct json *j, const char *key, int64_t value)
{
	json_key(j, key);
	json_int(j, value);
}

static void
parts(struct json *j, const char *key, const uint16_t p[4])
{
	char dotted[32];

	snprintf(dotted, sizeof dotted, "%u.%u.%u.%u", p[0], p[1], p[2], p[3]);
	text(j, key, dotted);
}

static void
dump_version(struct json *j, const struct pe_source *source, const struct pe *pe)
{
	struct pe_version v;
	enum pe_error error = pe_version(source, pe, &v);

	text(j, "version_error", pe_error_name(error));
	if (error != PE_OK)
		return;
	parts(j, "version", v.file);
	parts(j, "product", v.product);
	text(j, "found", v.found == PE_FOUND_TREE ? "tree" : "scan");
	text(j, "FileVersion", v.file_version.utf8);
	text(j, "OriginalFilename", v.original_name.utf8);
	text(j, "InternalName", v.internal_name.utf8);
	text(j, "CompanyName", v.company.utf8);
}

static void
dump(struct json *j, const struct pe_source *source)
{
	struct pe pe;
	uint32_t exports = 0;
	enum pe_error error = pe_read(source, &pe);

	text(j, "error", pe_error_name(error));
	if (error != PE_OK)
		return;
	number(j, "machine", pe.machine);
	number(j, "dll", pe.is_dll);
	number(j, "stamp", pe.time_stamp);
	number(j, "sections", (int64_t)pe.section_count);
	number(j, "entry_rva", pe.entry_rva);
	number(j, "resources_rva", pe.resources.rva);
	if (pe_export_names(source, &pe, &exports) == PE_OK)
		number(j, "exports", exports);
	dump_version(j, source, &pe);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		OWN(own_file) FILE *f = fopen(argv[i], "rb");
		struct json j;
		struct buf line;

		if (!f || fseek(f, 0, SEEK_END) != 0)
			return EXIT_FAILURE;
		struct pe_source source = { .read = read_file,
			                    .with = f,
			                    .size = (uint64_t)ftell(f) };
		buf_init(&line, LINE_MOST);
		json_init(&j, &line);
		json_open(&j, '{');
		text(&j, "file", argv[i]);
		dump(&j, &source);
		json_close(&j, '}');
		puts(buf_string(&line));
		buf_free(&line);
	}
	return EXIT_SUCCESS;
}
